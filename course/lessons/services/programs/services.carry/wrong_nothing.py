# gets: value-lost
def carry(function):
    return function
