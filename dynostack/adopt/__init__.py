"""`dynostack adopt`: takes an app that was made by hand under Pulumi's management."""
