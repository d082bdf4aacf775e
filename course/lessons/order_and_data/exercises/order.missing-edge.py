# %% starter
def mended() -> dict[str, list[str]]:
    """The arrows of the order: every task after all that it reads."""
    return {**AFTER, ____: ____}


# %% right reference
def mended() -> dict[str, list[str]]:
    """The arrows of the order: every task after all that it reads."""
    return {**AFTER, "label": ["pack", "find_address"], "mail": ["ship", "invoice"]}


# %% right added
import copy


def mended():
    graph = copy.deepcopy(AFTER)
    graph["mail"].append("invoice")
    graph["label"].insert(0, "find_address")
    return graph


# %% right earlier_is_fine
def mended():
    # invoice comes before ship in no reading of the row, so it stays beside it
    return {
        name: [*needs, *{"label": ["find_address"], "mail": ["invoice", "label"]}.get(name, [])]
        for name, needs in AFTER.items()
    }


# %% right in_place
def mended():
    AFTER["label"] = ["pack", "find_address"]
    AFTER["mail"] = ["ship", "invoice"]
    return AFTER


# %% wrong arrows_turned_round gets circle
def mended():
    return {
        **AFTER,
        "find_address": ["label"],
        "invoice": ["charge", "mail"],
        "label": ["pack", "find_address"],
        "mail": ["ship", "invoice"],
    }


# %% wrong address_before_everything gets needless
def mended():
    return {**AFTER, "reserve": ["find_address"], "mail": ["ship", "invoice"]}


# %% wrong one_long_line gets needless
def mended():
    return dict(
        zip(
            AFTER, [[], ["reserve"], ["find_address"], ["charge"], ["pack"], ["invoice"], ["label"], ["ship"]]
        )
    )


# %% wrong ship_waits_for_the_invoice gets needless
def mended():
    return {**AFTER, "label": ["pack", "find_address"], "ship": ["charge", "label", "invoice"]}


# %% wrong invoice_after_pack gets needless breaks free
def mended():
    return {
        **AFTER,
        "label": ["pack", "find_address"],
        "mail": ["ship", "invoice"],
        "invoice": ["charge", "pack"],
    }


# %% wrong ship_invoice gets needless breaks free
def mended():
    return {**AFTER, "label": ["pack", "find_address"], "ship": ["charge", "label", "invoice"]}


# %% wrong list_of_arrows gets not-a-graph
def mended():
    return [("find_address", "label"), ("invoice", "mail")]


# %% wrong bare_name gets not-a-list
def mended():
    return {**AFTER, "label": ["pack", "find_address"], "mail": "invoice"}


# %% wrong entry_instead_of_task gets other-tasks
def mended():
    return {**AFTER, "label": ["pack", "address"], "mail": ["ship", "invoice"]}


# %% wrong only_what_changes gets other-tasks
def mended():
    return {"label": ["pack", "find_address"], "mail": ["ship", "invoice"]}


# %% wrong task_gone gets other-tasks breaks same
def mended():
    return {n: d for n, d in {**AFTER, "label": ["pack", "find_address"]}.items() if n != "invoice"}


# %% wrong address_only gets still-fails
def mended():
    return {**AFTER, "label": ["pack", "find_address"]}


# %% wrong invoice_only gets still-fails
def mended():
    return {**AFTER, "mail": ["ship", "invoice"]}


# %% wrong replaced_instead_of_added gets still-fails
def mended():
    return {**AFTER, "label": ["find_address"], "mail": ["invoice"]}


# %% wrong unchanged gets still-fails
def mended():
    return AFTER


# %% wrong change_order gets still-fails breaks reads
def mended():
    Order.label = lambda self: self.row.update(label="")
    Order.mail = lambda self: self.row.update(mail="")
    return dict(AFTER)


# %% wrong mutates gets still-fails breaks reads
def mended():
    AFTER["label"].append("find_address")
    return AFTER


# %% wrong ship_forgets gets still-fails breaks reads
def mended():
    return {**AFTER, "label": ["pack", "find_address"], "mail": ["ship", "invoice"], "ship": ["charge"]}


# %% wrong methods gets not-a-name breaks same
def mended() -> dict[str, list[str]]:
    return {**AFTER, "label": ["pack", Order.find_address], "mail": ["ship", Order.invoice]}


# %% wrong arrows_used_up gets first-call-only breaks same
missing = [("label", "find_address"), ("mail", "invoice")]


def mended() -> dict[str, list[str]]:
    graph = {name: list(needs) for name, needs in AFTER.items()}
    while missing:
        name, need = missing.pop()
        graph[name].append(need)
    return graph


# %% wrong shared_lists gets shared-changed breaks same
def mended() -> dict[str, list[str]]:
    graph = dict(AFTER)
    graph["label"] = [graph["label"].pop(), "find_address"]
    graph["mail"] = [*graph["mail"], "invoice"]
    return graph
