"""The modules that are installed, by code. The kernel knows modules only through this."""

from __future__ import annotations

from collections.abc import Iterator

from campanile_tenants.contract.access import Host
from campanile_tenants.contract.errors import DeclarationError, UnknownModule
from campanile_tenants.contract.module import (
    MenuEntry,
    ModuleConfig,
    Permission,
    PersonalData,
    Ratio,
    SharedKind,
    UploadKind,
    check_declaration,
)


class ModuleRegistry:
    """Filled while Django starts; read-only afterwards."""

    def __init__(self) -> None:
        self._modules: dict[str, ModuleConfig] = {}
        self._own: dict[str, Permission] = {}
        self._menu: list[MenuEntry] = []
        self._personal: list[PersonalData] = []
        self._uploads: dict[str, UploadKind] = {}

    def declare(self, *permissions: Permission) -> None:
        """Adds permissions that belong to no module: those of the house itself."""
        self._own.update({permission.code: permission for permission in permissions})

    def declare_personal_data(self, *held: PersonalData) -> None:
        """Adds what the house's own tables hold about people."""
        self._personal += [one for one in held if one not in self._personal]

    def declare_uploads(self, *kinds: UploadKind) -> None:
        """Adds kinds of files that belong to no module."""
        self._uploads.update({kind.code: kind for kind in kinds})

    def uploads(self) -> dict[str, UploadKind]:
        """All kinds of files that may be sent ahead, by code, the house's own first."""
        return self._uploads | {kind.code: kind for module in self for kind in module.uploads}

    def shared_kinds(self) -> dict[str, SharedKind]:
        """What the centre keeps one list of, by code."""
        return {kind.code: kind for module in self for kind in module.shared}

    def ratios(self) -> dict[str, Ratio]:
        """The shares that towns are compared by, by code."""
        return {ratio.code: ratio for module in self for ratio in module.ratios}

    def personal_data(self) -> list[tuple[ModuleConfig | None, PersonalData]]:
        """Everything declared about people, with its module (None: the house itself)."""
        own: list[tuple[ModuleConfig | None, PersonalData]] = [(None, held) for held in self._personal]
        return own + [(module, held) for module in self for held in module.personal_data]

    def add_menu(self, *entries: MenuEntry) -> None:
        """Adds lines of the office's or the console's own menu, in this order."""
        self._menu += [entry for entry in entries if entry not in self._menu]

    def house_menu(self, host: Host) -> list[MenuEntry]:
        """The lines of the office's, or of the console's, own menu."""
        own = self.permissions(host)
        return [entry for entry in self._menu if entry.permission in own]

    def register(self, module: ModuleConfig) -> None:
        """Adds a module. Raises DeclarationError when its declaration is wrong or clashes with another's."""
        check_declaration(module)
        for other in self._modules.values():
            if other.code == module.code and other.name != module.name:
                raise DeclarationError(f"{module.name} and {other.name} both use the code {module.code!r}.")
            if other.code != module.code and url_path(other) == url_path(module):
                raise DeclarationError(f"{module.name} and {other.name} both use the url_prefix {url_path(module)!r}.")
        self._modules[module.code] = module

    def get(self, code: str) -> ModuleConfig:
        """The module. Raises UnknownModule."""
        try:
            return self._modules[code]
        except KeyError:
            raise UnknownModule(module=code, known=", ".join(sorted(self._modules)) or "-") from None

    def find(self, code: str) -> ModuleConfig | None:
        """The module, or None."""
        return self._modules.get(code)

    def __iter__(self) -> Iterator[ModuleConfig]:
        return iter(sorted(self._modules.values(), key=lambda module: module.code))

    def __contains__(self, code: object) -> bool:
        return code in self._modules

    def check_requirements(self) -> None:
        """Raises DeclarationError when a module requires one that is not installed."""
        for module in self:
            for other in module.requires:
                if other not in self:
                    raise DeclarationError(f"{module.name} requires {other!r}, which is not installed.")

    def module_of(self, dotted_name: str) -> ModuleConfig | None:
        """The module in whose package `dotted_name` (a task, a view) lives, or None."""
        for module in self._modules.values():
            if dotted_name == module.name or dotted_name.startswith(f"{module.name}."):
                return module
        return None

    def permissions(self, host: Host | None = None) -> dict[str, Permission]:
        """All declared permissions by code, the house's own first; those of a town or of the centre when asked."""
        everything = self._own | {permission.code: permission for module in self for permission in module.permissions}
        return {code: permission for code, permission in everything.items() if host in (None, permission.host)}


def url_path(module: ModuleConfig) -> str:
    """The first segment of the module's pages."""
    return module.url_prefix or module.code


registry = ModuleRegistry()
