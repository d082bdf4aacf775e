# gets: copied
# breaks: as-is
import copy


def arguments_for(self, name, results):
    return [copy.deepcopy(results[n]) for n in self.tasks[name].depends_on]
