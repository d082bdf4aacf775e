from fastapi.routing import APIRoute


def build_register(send_welcome_email):
    app = FastAPI()

    class Mailing(APIRoute):
        def get_route_handler(self):
            handler = super().get_route_handler()

            async def mailing(request):
                response = await handler(request)
                response.background = BackgroundTask(send_welcome_email, (await request.json())["email"])
                return response

            return mailing

    app.router.route_class = Mailing

    @app.post("/register", status_code=202)
    def register(user: User):
        return {"accepted": user.email}

    return app
