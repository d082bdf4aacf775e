def check_names(self):
    unknown = [(n, d) for n in self.tasks for d in self.tasks[n].depends_on if d not in list(self.tasks)]
    if unknown:
        raise GraphError("; ".join(f"{n} waits for {d}, which is nowhere" for n, d in unknown))
