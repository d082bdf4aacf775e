# gets: too-many
def arguments_for(self, name, results):
    return list(results.values())
