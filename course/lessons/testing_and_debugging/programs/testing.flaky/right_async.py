@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_mail_follows(server, mailer):
    mailer.hold()
    async with httpx.AsyncClient(base_url=server.url, timeout=1, trust_env=False) as client:
        await client.post("/orders", json={"email": "ada@example.org"})
    mailer.release()
    async with asyncio.timeout(2):
        while not mailer.sent:
            await asyncio.sleep(0.01)
    assert mailer.sent == [("ada@example.org", 1)]
