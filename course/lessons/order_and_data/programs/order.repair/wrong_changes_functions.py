# gets: reads-too-early
# breaks: reads
def repaired() -> dict[str, list[str]]:
    def label(order: str) -> str:
        return order

    parcel.label = label
    return {**parcel.AFTER, "label": ["order"]}
