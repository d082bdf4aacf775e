# gets: missed
# breaks: path
def find_cycle(self):
    for a, na in self.tasks.items():
        for b in na.depends_on:
            if b == a:
                return [a, a]
            for c in self.tasks[b].depends_on:
                if c == a:
                    return [a, b, a]
                for d in self.tasks[c].depends_on:
                    if d == a:
                        return [a, b, c, a]
    return []
