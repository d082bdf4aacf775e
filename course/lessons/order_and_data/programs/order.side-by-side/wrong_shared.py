# gets: shares-tasks
# breaks: apart
class MyTaskManager:
    tasks: dict[str, TaskDependency] = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run = run
