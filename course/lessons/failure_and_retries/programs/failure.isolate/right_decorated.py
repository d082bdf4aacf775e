def build_shipping(functions):
    manager = TaskManager()

    @manager.task
    def authorise():
        return functions["authorise"]()

    @manager.task(depends_on=["authorise"])
    async def invoice(authorise):
        return functions["invoice"]()

    @manager.task
    def reserve():
        return functions["reserve"]()

    @manager.task(depends_on=["reserve"])
    def pack(reserve):
        return functions["pack"]()

    return manager
