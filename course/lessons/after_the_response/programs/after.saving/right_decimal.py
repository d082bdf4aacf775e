from decimal import Decimal


def saving(handler, job):
    handler, job = Decimal(str(handler)), Decimal(str(job))
    return float(1 - handler / (handler + job))
