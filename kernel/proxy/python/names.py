"""What a cell binds and uses, told from the syntax trees of its statements.

It runs in a Python process that is not gemba's: it imports nothing, and looks at no object of the user's. Trees come from the
interpreter itself, whose classes are known here by their names alone, since a user's file may be called ast.py.
"""

from __future__ import annotations

FUNCTIONS = {"FunctionDef", "AsyncFunctionDef", "Lambda"}
COMPREHENSIONS = {"ListComp", "SetComp", "DictComp", "GeneratorExp"}

# Calls whose first argument is a seed, by the end of their name, and arguments that are one in any call.
SEEDERS = (
    "random.seed", "random.Random", "RandomState", "default_rng", "SeedSequence", "PCG64", "PCG64DXSM", "MT19937", "Philox",
    "SFC64", "manual_seed", "manual_seed_all", "set_seed", "set_random_seed", "seed_everything", "PRNGKey", "random.key", "seed",
)
SEED_ARGUMENTS = ("random_state", "seed", "random_seed", "data_seed", "bagging_seed", "feature_fraction_seed")


def kind(node: object) -> str:
    return type(node).__name__


def is_node(value: object) -> bool:
    return hasattr(value, "_fields")


def children(node) -> list:
    """Returns the nodes right below one, in the order of the source."""
    found = []
    for field in node._fields:
        value = getattr(node, field, None)
        if isinstance(value, list):
            found.extend(v for v in value if is_node(v))
        elif is_node(value):
            found.append(value)
    return found


class Scope:
    """The names of a function, class or comprehension. Those of a function are all known before its body is read."""

    def __init__(self, sort: str, names: set | None = None, shared: set | None = None) -> None:
        self.sort = sort
        self.names = names or set()
        self.shared = shared or set()  # declared global


def function_scope(node) -> Scope:
    """Returns the names that are a function's own."""
    arguments = node.args
    names = {a.arg for a in getattr(arguments, "posonlyargs", []) + arguments.args + arguments.kwonlyargs}
    names.update(a.arg for a in (arguments.vararg, arguments.kwarg) if a is not None)
    shared: set = set()
    outer: set = set()
    pending = list(node.body) if isinstance(node.body, list) else [node.body]
    while pending:
        n = pending.pop()
        collect(n, names, shared, outer)
        if kind(n) not in FUNCTIONS and kind(n) != "ClassDef":
            pending.extend(c for c in children(n) if kind(n) not in COMPREHENSIONS or kind(c) != "comprehension")
    return Scope("function", names - shared - outer, shared)


def collect(node, names: set, shared: set, outer: set) -> None:
    """Adds the names that one node binds, or declares."""
    what = kind(node)
    if what == "Name" and kind(node.ctx) != "Load":
        names.add(node.id)
    elif what in ("FunctionDef", "AsyncFunctionDef", "ClassDef"):
        names.add(node.name)
    elif what in ("Import", "ImportFrom"):
        names.update(import_names(node))
    elif what == "Global":
        shared.update(node.names)
    elif what == "Nonlocal":
        outer.update(node.names)
    elif what in ("ExceptHandler", "MatchAs", "MatchStar") and node.name:
        names.add(node.name)
    elif what == "MatchMapping" and node.rest:
        names.add(node.rest)


def import_names(node) -> list:
    """Returns the names that an import statement binds."""
    plain = kind(node) == "Import"
    return [a.asname or (a.name.split(".")[0] if plain else a.name) for a in node.names if a.name != "*"]


def dotted(node) -> str:
    """Returns a name such as np.random.seed, with a point before it when it begins with something else; empty for no name."""
    parts = []
    while kind(node) == "Attribute":
        parts.append(node.attr)
        node = node.value
    if kind(node) != "Name" and not parts:
        return ""
    parts.append(node.id if kind(node) == "Name" else "")
    return ".".join(reversed(parts))


class Names:
    """What the statements of a cell bind and use, as they are told in the order in which they run."""

    def __init__(self) -> None:
        self.bound: dict = {}  # in order; the values mean nothing
        self.used: dict = {}  # from before the cell
        self.modules: dict = {}  # that are imported, the first part of their names
        self.seeds: list = []  # of (call, number or name)
        self.free: dict = {}  # function or class: what it uses when it is called
        self.sure: set = set()  # bound on every way that leads here
        self.late: dict = {}  # used when functions are called
        self.scopes: list = []

    def statement(self, node) -> None:
        self.visit(node)

    def external(self) -> list:
        """Returns the names that came from before the cell."""
        return sorted(set(self.used) | {n for n in self.late if n not in self.bound})

    def visit(self, node) -> None:
        visitor = VISITORS.get(kind(node))
        if visitor is not None:
            visitor(self, node)
        else:
            self.each(children(node))

    def each(self, nodes) -> None:
        for node in nodes:
            self.visit(node)

    # Names.

    def load(self, name: str) -> None:
        inner = True
        for scope in reversed(self.scopes):
            if scope.sort == "class" and not inner:
                continue  # a method does not see its class's names
            if name in scope.names:
                return
            inner = inner and scope.sort == "comprehension"
        if self.deferred():
            self.late[name] = True
        elif name not in self.sure:
            self.used[name] = True

    def deferred(self) -> bool:
        return any(scope.sort == "function" for scope in self.scopes)

    def store(self, name: str, walrus: bool = False) -> None:
        for scope in reversed(self.scopes):
            if scope.sort == "comprehension" and walrus:
                continue
            if name not in scope.shared:
                scope.names.add(name)
                return
            break
        self.bound[name] = True
        if not self.scopes or not self.deferred():
            self.sure.add(name)
        self.free.pop(name, None)

    def delete(self, name: str) -> None:
        if self.scopes:
            return
        self.load(name)
        self.bound.pop(name, None)
        self.sure.discard(name)

    def visit_Constant(self, node) -> None:
        pass

    def visit_Name(self, node) -> None:
        {"Load": self.load, "Store": self.store, "Del": self.delete}[kind(node.ctx)](node.id)

    def visit_Assign(self, node) -> None:
        self.visit(node.value)
        self.each(node.targets)
        if kind(node.value) == "Lambda" and kind(node.targets[0]) == "Name" and not self.scopes:
            self.free[node.targets[0].id] = self.free.pop("", {})

    def visit_AugAssign(self, node) -> None:
        if kind(node.target) == "Name":
            self.load(node.target.id)
        self.visit(node.value)
        self.visit(node.target)

    def visit_AnnAssign(self, node) -> None:
        if node.value is not None:
            self.visit(node.value)
        self.visit(node.annotation)
        if node.value is not None or kind(node.target) != "Name":
            self.visit(node.target)

    def visit_NamedExpr(self, node) -> None:
        self.visit(node.value)
        self.store(node.target.id, walrus=True)

    def visit_Import(self, node) -> None:
        for alias in node.names:
            self.modules[alias.name.split(".")[0]] = True
        for name in import_names(node):
            self.store(name)

    def visit_ImportFrom(self, node) -> None:
        if node.module and not node.level:
            self.modules[node.module.split(".")[0]] = True
        for name in import_names(node):
            self.store(name)

    def visit_Global(self, node) -> None:
        if self.scopes:
            self.scopes[-1].shared.update(node.names)

    # Scopes.

    def visit_FunctionDef(self, node) -> None:
        self.each(node.decorator_list)
        if node.returns is not None:
            self.visit(node.returns)
        free = self.function(node)
        self.store(node.name)
        if not self.scopes:
            self.free[node.name] = free

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node) -> None:
        self.free[""] = self.function(node)

    def function(self, node) -> dict:
        """Reads a function, and returns what it uses when it is called."""
        arguments = node.args
        self.each(d for d in arguments.defaults + arguments.kw_defaults if d is not None)
        every = getattr(arguments, "posonlyargs", []) + arguments.args + arguments.kwonlyargs + [arguments.vararg, arguments.kwarg]
        self.each(a.annotation for a in every if a is not None and a.annotation is not None)
        outside, self.late = self.late, {}
        sure = set(self.sure)
        self.within(function_scope(node), node.body if isinstance(node.body, list) else [node.body])
        free, self.late, self.sure = self.late, outside, sure
        self.late.update(free)
        return free

    def within(self, scope: Scope, nodes) -> None:
        self.scopes.append(scope)
        self.each(nodes)
        self.scopes.pop()

    def visit_ClassDef(self, node) -> None:
        self.each(node.decorator_list + node.bases + node.keywords)
        outside, self.late = self.late, {}
        self.within(Scope("class"), node.body)
        free, self.late = self.late, outside
        self.late.update(free)
        self.store(node.name)
        if not self.scopes:
            self.free[node.name] = free

    def comprehension(self, node) -> None:
        first = node.generators[0]
        self.visit(first.iter)
        self.scopes.append(Scope("comprehension"))
        for g in node.generators:
            if g is not first:
                self.visit(g.iter)
            self.visit(g.target)
            self.each(g.ifs)
        self.each(c for c in children(node) if kind(c) != "comprehension")
        self.scopes.pop()

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = comprehension

    # Ways through the cell.

    def ways(self, *bodies: list) -> None:
        """Reads what runs one or another way: sure is then what all of them bind."""
        before, after = self.sure, []
        for body in bodies:
            self.sure = set(before)
            self.each(body)
            after.append(self.sure)
        self.sure = set.intersection(*after)

    def visit_If(self, node) -> None:
        self.visit(node.test)
        self.ways(node.body, node.orelse)

    def visit_While(self, node) -> None:
        self.visit(node.test)
        self.ways(node.body, node.orelse)

    def visit_For(self, node) -> None:
        self.visit(node.iter)
        self.ways([node.target, *node.body], node.orelse)

    visit_AsyncFor = visit_For

    def visit_Try(self, node) -> None:
        self.ways([*node.body, *node.orelse], *[[h] for h in node.handlers])
        self.each(node.finalbody)

    visit_TryStar = visit_Try

    def visit_ExceptHandler(self, node) -> None:
        if node.type is not None:
            self.visit(node.type)
        if not node.name or self.scopes and self.scopes[-1].sort == "function":
            self.each(node.body)
            return
        known, sure = node.name in self.bound, node.name in self.sure
        self.store(node.name)
        self.each(node.body)
        self.sure.discard(node.name)
        if not self.scopes and not known and not sure:
            self.bound.pop(node.name, None)  # it is gone behind the handler

    def visit_Match(self, node) -> None:
        self.visit(node.subject)
        self.ways(*[[c] for c in node.cases], [])

    def visit_pattern(self, node) -> None:
        self.each(children(node))
        name = node.rest if kind(node) == "MatchMapping" else node.name
        if name:
            self.store(name)

    visit_MatchAs = visit_MatchStar = visit_MatchMapping = visit_pattern

    # Seeds.

    def visit_Call(self, node) -> None:
        self.each(children(node))
        call = dotted(node.func)
        if node.args and call.endswith(SEEDERS) and is_word(call):
            self.seed(call, node.args[0])
        for k in node.keywords:
            if k.arg in SEED_ARGUMENTS:
                self.seed(f"{call}({k.arg})", k.value)

    def seed(self, call: str, node) -> None:
        negative = kind(node) == "UnaryOp" and kind(node.op) == "USub"
        value = getattr(node.operand if negative else node, "value", None)
        if type(value) is int:
            self.seeds.append((call, -value if negative else value))
        elif kind(node) == "Name" and not any(node.id in s.names for s in self.scopes):
            self.seeds.append((call, node.id))


VISITORS = {name[6:]: visit for name, visit in vars(Names).items() if name.startswith("visit_")}


def is_word(call: str) -> bool:
    """Says that one of the seeders is the end of a call's name, and not only of its last word."""
    return any(call == s or call.endswith("." + s) for s in SEEDERS)
