# gets: failed
import signal


def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int):
        def ring(*_):
            raise TimeoutError

        signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        try:
            fetch(report_id)
        except TimeoutError:
            give_up(report_id)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app
