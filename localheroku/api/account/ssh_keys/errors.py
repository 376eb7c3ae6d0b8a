from localheroku.core.errors import NotFoundError, ParamsError


class SshKeyNotFoundError(NotFoundError):
    resource = "key"
    message = "Couldn't find that key."


class SshKeyFormError(ParamsError):
    message = (
        "Key is not a public SSH key. Send the contents of a file such as ~/.ssh/id_ed25519.pub, "
        "in one line."
    )


class SshKeyTakenError(ParamsError):
    message = "Fingerprint is already taken"
