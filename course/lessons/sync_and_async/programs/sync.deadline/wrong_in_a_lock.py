# gets: never-asked
# breaks: nobody-waits
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()
    lock = threading.Lock()

    def with_lock(report_id):
        if not lock.acquire(timeout=0.1):
            raise TimeoutError
        try:
            fetch(report_id, timeout=0.1)
        finally:
            lock.release()

    def prepare(report_id: int):
        try:
            with_lock(report_id)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app
