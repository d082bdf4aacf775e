# %% prelude
class ListMailer:
    def __init__(self):
        self.sent = []

    def send(self, to):
        self.sent.append(to)


# %% starter
def replace_mailer(app, get_mailer):
    """A fixture: the app mails to the fake that this yields, and afterwards as before."""
    fake = ListMailer()
    ____
    yield fake
    ____


# %% right reference
def replace_mailer(app, get_mailer):
    """A fixture: the app mails to the fake that this yields, and afterwards as before."""
    fake = ListMailer()
    app.dependency_overrides[get_mailer] = lambda: fake
    yield fake
    del app.dependency_overrides[get_mailer]


# %% right async_provider
def replace_mailer(app, get_mailer):
    fake = ListMailer()

    async def provide():
        yield fake

    app.dependency_overrides.setdefault(get_mailer, provide)
    try:
        yield fake
    finally:
        app.dependency_overrides.pop(get_mailer)


# %% right context_manager
@contextlib.contextmanager
def replace_mailer(app, get_mailer):
    fake = mock.Mock(sent=[])
    fake.send.side_effect = fake.sent.append

    def provide():
        return fake

    app.dependency_overrides.update({get_mailer: provide})
    try:
        yield fake
    finally:
        app.dependency_overrides.pop(get_mailer)


# %% right monkeypatch
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setitem(app.dependency_overrides, get_mailer, lambda: fake)
        yield fake


# %% right with_its_decorator
@pytest.fixture
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    app.dependency_overrides[get_mailer] = lambda: fake
    yield fake
    app.dependency_overrides.pop(get_mailer)


# %% right exit_stack
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    stack = contextlib.ExitStack()
    app.dependency_overrides.update({get_mailer: lambda: fake})
    stack.callback(app.dependency_overrides.__delitem__, get_mailer)
    yield fake
    stack.close()


# %% right subclass
def replace_mailer(app, get_mailer):
    fake = type("Fake", (ListMailer,), {})()
    app.dependency_overrides[get_mailer] = (lambda fake: lambda: fake)(fake)
    yield fake
    del app.dependency_overrides[get_mailer]


# %% wrong return gets not-a-generator
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    app.dependency_overrides[get_mailer] = lambda: fake
    return fake


# %% wrong instance gets not-callable
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    app.dependency_overrides[get_mailer] = fake
    yield fake
    del app.dependency_overrides[get_mailer]


# %% wrong never_back gets not-restored
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    app.dependency_overrides[get_mailer] = lambda: fake
    yield fake


# %% wrong original_in_table gets overridden-by-itself breaks restored
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    app.dependency_overrides[get_mailer] = lambda: fake
    yield fake
    app.dependency_overrides[get_mailer] = get_mailer


# %% wrong puts_none_back gets none-left breaks restored
def replace_mailer(app, get_mailer):
    """A fixture: the app mails to the fake that this yields, and afterwards as before."""
    fake = ListMailer()
    before = app.dependency_overrides.get(get_mailer)
    app.dependency_overrides[get_mailer] = lambda: fake
    yield fake
    app.dependency_overrides[get_mailer] = before


# %% wrong popitem gets removed-another breaks restored
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    app.dependency_overrides[get_mailer] = lambda: fake
    yield fake
    app.dependency_overrides.popitem()


# %% wrong yields_nothing gets not-yielded
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    app.dependency_overrides[get_mailer] = lambda: fake
    yield
    del app.dependency_overrides[get_mailer]


# %% wrong mock gets not-yielded breaks replaced
def replace_mailer(app, get_mailer):
    fake = mock.Mock()
    app.dependency_overrides[get_mailer] = lambda: fake
    yield fake
    del app.dependency_overrides[get_mailer]


# %% wrong class gets other-instance
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    app.dependency_overrides[get_mailer] = ListMailer
    yield fake
    del app.dependency_overrides[get_mailer]


# %% wrong fresh_each gets other-instance breaks replaced
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    app.dependency_overrides[get_mailer] = ListMailer
    yield fake
    del app.dependency_overrides[get_mailer]


# %% wrong assign gets others-removed
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    app.dependency_overrides = {get_mailer: lambda: fake}
    yield fake
    app.dependency_overrides = {}


# %% wrong clear gets others-removed
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    app.dependency_overrides[get_mailer] = lambda: fake
    yield fake
    app.dependency_overrides.clear()


# %% wrong clear_update gets others-removed breaks others
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    before = dict(app.dependency_overrides)
    app.dependency_overrides[get_mailer] = lambda: fake
    yield fake
    app.dependency_overrides.clear()
    app.dependency_overrides.update(before)


# %% wrong copy_of_all gets others-removed breaks others
def replace_mailer(app, get_mailer):
    before = app.dependency_overrides
    fake = ListMailer()

    def provide_fake():
        yield fake

    app.dependency_overrides = {**before, get_mailer: provide_fake}
    try:
        yield fake
    finally:
        app.dependency_overrides = before


# %% wrong patch_dict gets others-removed breaks others
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    with mock.patch.dict(app.dependency_overrides, {get_mailer: lambda: fake}):
        yield fake


# %% wrong patch_by_name gets real-called
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    with mock.patch.dict(globals(), {"get_mailer": lambda: fake}):
        yield fake


# %% wrong result_as_key gets real-called
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    app.dependency_overrides[type(get_mailer())] = lambda: fake
    yield fake
    app.dependency_overrides.pop(type(get_mailer()))


# %% wrong two_yields gets yields-twice
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    app.dependency_overrides[get_mailer] = lambda: fake
    yield fake
    yield app.dependency_overrides.pop(get_mailer)


# %% wrong in_memory_of_class gets old-mails breaks fresh
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    fake.sent = replace_mailer.__dict__.setdefault("sent", [])
    app.dependency_overrides[get_mailer] = lambda: fake
    yield fake
    del app.dependency_overrides[get_mailer]


# %% wrong module_fake gets old-mails breaks fresh
_fake = ListMailer()


def replace_mailer(app, get_mailer):
    app.dependency_overrides[get_mailer] = lambda: _fake
    yield _fake
    del app.dependency_overrides[get_mailer]


# %% wrong brings_back gets others-back breaks others
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    before = dict(app.dependency_overrides)
    app.dependency_overrides[get_mailer] = lambda: fake
    yield fake
    del app.dependency_overrides[get_mailer]
    app.dependency_overrides.update(before)


# %% wrong one_fake_emptied gets same-fake breaks fresh
the_fake = ListMailer()


def replace_mailer(app, get_mailer):
    the_fake.sent.clear()
    app.dependency_overrides[get_mailer] = lambda: the_fake
    yield the_fake
    del app.dependency_overrides[get_mailer]


# %% wrong another_dictionary gets other-dictionary breaks others
class ListMailer:
    def __init__(self):
        self.sent = []

    def send(self, to):
        self.sent.append(to)


def replace_mailer(app, get_mailer):
    fake = ListMailer()
    app.dependency_overrides = {**app.dependency_overrides, get_mailer: lambda: fake}
    yield fake
    del app.dependency_overrides[get_mailer]


# %% wrong first_order_only gets real-called
class ListMailer:
    def __init__(self):
        self.sent = []

    def send(self, to):
        self.sent.append(to)


def replace_mailer(app, get_mailer):
    fake = ListMailer()

    def once():
        app.dependency_overrides.pop(get_mailer, None)
        return fake

    app.dependency_overrides[get_mailer] = once
    yield fake
    app.dependency_overrides.pop(get_mailer, None)


# %% wrong any_arguments gets override-asks breaks replaced
def replace_mailer(app, get_mailer):
    fake = ListMailer()

    def instead(*args, **kwargs):
        return fake

    app.dependency_overrides[get_mailer] = instead
    yield fake
    del app.dependency_overrides[get_mailer]


# %% wrong removes_only_if_used gets not-restored-unused breaks restored
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    app.dependency_overrides[get_mailer] = lambda: fake
    yield fake
    if fake.sent:
        del app.dependency_overrides[get_mailer]


# %% wrong emptied_at_each_request gets only-the-last breaks replaced
def replace_mailer(app, get_mailer):
    fake = ListMailer()

    def empty_fake():
        fake.sent.clear()
        return fake

    app.dependency_overrides[get_mailer] = empty_fake
    yield fake
    del app.dependency_overrides[get_mailer]


# %% wrong in_this_context_only gets real-called breaks replaced
from contextvars import ContextVar

current = ContextVar("current", default=None)


def replace_mailer(app, get_mailer):
    fake = ListMailer()
    token = current.set(fake)
    app.dependency_overrides[get_mailer] = lambda: current.get() or get_mailer()
    yield fake
    current.reset(token)
    del app.dependency_overrides[get_mailer]


# %% wrong latest_fake gets two-at-once breaks replaced
class Current:
    fake = None


def provide_current():
    return Current.fake


def replace_mailer(app, get_mailer):
    fake = Current.fake = ListMailer()
    app.dependency_overrides[get_mailer] = provide_current
    yield fake
    app.dependency_overrides.pop(get_mailer, None)
