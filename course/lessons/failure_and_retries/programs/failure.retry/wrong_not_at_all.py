# gets: no-retry
def with_retries(send):
    return send
