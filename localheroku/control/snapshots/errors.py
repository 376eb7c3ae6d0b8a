from localheroku.core.errors import ApiError, NotFoundError, ParamsError


class SnapshotNotFoundError(NotFoundError):
    resource = "snapshot"
    message = "Couldn't find that snapshot. Existing snapshots: {known}."


class SnapshotNameError(ParamsError):
    message = (
        "Name must start with a letter or digit and can only contain letters, digits, dots, "
        "dashes and underscores. It is at most 64 characters long."
    )


class SnapshotFailedError(ApiError):
    id = "snapshot_failed"
    status = 507
    message = "Cannot save snapshot {name}: {reason}."
