#!/bin/sh
# Makes the two passwords of a class and puts them where The Littlest JupyterHub reads them. Run it as root BEFORE
# the hub is installed: a hub without it gives each name, the administrator's too, to the first who types it.
# Run it again to see where the passwords are. To change them, remove that file and run it once more.
set -eu
hub=${TLJH:-/opt/tljh}
file=$hub/config/jupyterhub_config.d/class.py

install -d -m 755 "$hub"
install -d -m 700 "$hub/config" "$hub/config/jupyterhub_config.d"
if [ ! -e "$file" ]; then
    umask 077
    python3 - > "$file.new" <<'END'
import secrets

letters = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another on a board
of_class = "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(3))
print("# Made by deploy/tljh_passwords.sh. Only root may read this.")
print('c.JupyterHub.authenticator_class = "shared-password"  # JupyterHub 5.3 or newer')
print("c.Authenticator.allow_all = True  # everybody who has the password of the class")
print('c.Authenticator.admin_users = {"instructor"}')
print(f"c.SharedPasswordAuthenticator.user_password = {of_class!r}")
print(f"c.SharedPasswordAuthenticator.admin_password = {secrets.token_urlsafe(32)!r}")
END
    mv "$file.new" "$file"
fi
echo "In $file:"
grep -o '[a-z]*_password = .*' "$file"
