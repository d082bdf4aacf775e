from fractions import Fraction


def saving(handler, job):
    return Fraction(job) / (Fraction(handler) + Fraction(job))
