def build_counter(compute, store) -> FastAPI:
    app = FastAPI()

    def work(n):
        import subprocess, sys

        end = subprocess.run(
            [sys.executable, "-c", f"import {compute.__module__} as m; print(m.{compute.__qualname__}({n}))"],
            capture_output=True,
            text=True,
            check=True,
        )
        store(n, int(end.stdout))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app
