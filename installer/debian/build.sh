#!/bin/sh
# Make dist/covidstation_VERSION_ARCH.deb: the program and its parts in /opt/covidstation, for the system's own Python.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
cd "$root"
system=/usr/bin/python3
pip=$root/.venv/bin/python
stage=$root/build/deb
parts=$stage/opt/covidstation/lib

refuse() {
    printf '%s\n' "$*" >&2
    exit 1
}

[ -x "$pip" ] || refuse "Run ./run test first: the environment brings the parts."
minor=$("$system" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
[ "$minor" = "$("$pip" -c 'import sys; print("%d.%d" % sys.version_info[:2])')" ] ||
    refuse "The environment has another Python than $system ($minor); make it anew with PYTHON=$system ./run test"

version=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' covidstation/__init__.py)
arch=$(dpkg --print-architecture)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || date +%s)
export SOURCE_DATE_EPOCH
umask 022

rm -rf "$stage"
mkdir -p "$parts" "$stage/DEBIAN" "$stage/usr/bin" "$stage/usr/share/applications" \
    "$stage/usr/share/icons/hicolor/scalable/apps" "$stage/usr/share/doc/covidstation" dist

"$pip" -m pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes --no-deps --no-compile \
    --target "$parts" -r requirements.lock
cp -R covidstation "$parts/covidstation"
cp -R resources "$parts/covidstation/_resources"

# Of Qt only what a program of widgets loads: a third of the size.
qt=$parts/PySide6
rm -rf "${parts:?}/bin" "$qt/Qt/qml" "$qt/Qt/metatypes" "$qt/Qt/translations" "$qt/Qt/libexec" "$qt/include" "$qt/glue" \
    "$qt/typesystems" "$qt/doc" "$qt/scripts" "$qt/QtAsyncio"
for plugin in designer qmllint qmltooling sqldrivers networkinformation tls vectorimageformats generic egldeviceintegrations; do
    rm -rf "$qt/Qt/plugins/$plugin"
done
for unused in assistant designer linguist lrelease lupdate qmlformat qmllint qmlls balsam balsamui svgtoqml; do
    rm -f "$qt/$unused"
done
for module in Qml Quick Designer Help Sql Test UiTools Concurrent Labs Shader; do
    rm -f "$qt"/Qt"$module"*.abi3.so "$qt"/Qt/lib/libQt6"$module"*
done
rm -f "$qt"/libpyside6qml* "$qt/Qt/plugins/platforms/libqeglfs.so" "$qt/Qt/plugins/platforms/libqvnc.so" \
    "$qt/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so"
find "$parts" \( -name '*.pyi' -o -name '__pycache__' -o -name tests \) -prune -exec rm -rf {} +
# Nobody but root may write there, so the compiled files come with the package; hashes keep builds equal.
"$system" -m compileall -q -j 0 --invalidation-mode unchecked-hash -s "$stage" "$parts" >/dev/null

launcher() {
    cat >"$stage/usr/bin/$1" <<END
#!/usr/bin/python3 -I
import sys

sys.path.insert(0, "/opt/covidstation/lib")

from $2 import main

sys.exit(main())
END
    chmod 755 "$stage/usr/bin/$1"
}
launcher covidstation covidstation.cli
launcher covidstation-hub covidstation.hub.cli

cp LICENSE "$stage/usr/share/doc/covidstation/copyright"
cp resources/icons/logo.svg "$stage/usr/share/icons/hicolor/scalable/apps/covidstation.svg"
cat >"$stage/usr/share/applications/covidstation.desktop" <<'END'
[Desktop Entry]
Type=Application
Name=CovidStation
Comment=Sổ F0 và giấy tờ của trạm y tế xã
Exec=covidstation
Icon=covidstation
Categories=Office;MedicalSoftware;
END
qt_packages=$(sed -n '/^QT_PACKAGES="/,/"$/p' run | tr -d '"\n' | sed 's/^QT_PACKAGES=//; s/  */, /g')
next=${minor%.*}.$((${minor#*.} + 1))
cat >"$stage/DEBIAN/control" <<END
Package: covidstation
Version: $version
Architecture: $arch
Maintainer: CovidStation maintainers <maintainers@covidstation.invalid>
Depends: python3 (>= $minor), python3 (<< $next), $qt_packages
Section: misc
Priority: optional
Installed-Size: $(du -ks "$stage/opt" | cut -f1)
Description: register and papers of a commune health station
 Offline-first register of F0 patients for commune health stations in Việt Nam: card scan, isolation papers,
 signed and encrypted bundles to the district by USB stick. Brings its own parts in /opt/covidstation.
END
out=dist/covidstation_${version}_$arch.deb
dpkg-deb --root-owner-group -Zxz --build "$stage" "$out" >/dev/null
printf '%s\n' "$out"
