"""The structure of the source, counted: imports between the files and rooms of a crate, and what the workspace's crates have in common.

    python3 bench/structure.py [CRATE/src] [--order read,layout,build,run,save] [--names] [--functions]

A room is a folder, or a file that lies beside folders at the top. An import is a pair of files of which one names something that is defined in the
other: `use`, or a path in the code; re-exports are followed to the definition, tests are left out. An import goes upward where its room stands
before the imported one in the order of rooms: that of `--order`, where rooms that it does not name stay out of the count, or one that has few such
imports, found by a greedy search (Eades, Lin & Smyth 1993). A circle is a set of files, or rooms, each of which reaches all others. `--names` and
`--functions` list what is otherwise only counted. With `--order` an upward import is an error: exit status 1.
"""

import argparse
import collections
import pathlib
import re
import sys

LONG = 70  # lines of a function: STYLE.md
NOT_CODE = re.compile(r"""//[^\n]*|/\*.*?\*/|\br(\#*)".*?"\1|b?"(?:\\.|[^"\\])*"|b?'(?:\\.[^']*|[^\\'])'""", re.S)
TESTS = re.compile(r"#\[cfg\(test\)\]\s*(?:#\[[^\]]*\]\s*)*(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w+)\s*([;{])")
USE = re.compile(r"(?:(pub)(?:\([^)]*\))?\s+)?\buse\s+([^;]+);")
PATH = re.compile(r"\b(?:crate|super|self)(?:::\w+)+")
TYPE = re.compile(r"^(?:pub(?:\([^)]*\))? )?(?:struct|enum|trait|union|type) (\w+)", re.M)
FUNCTION = re.compile(r"\bfn\s+(\w+)[^;{]*\{")


def block_end(code, start):
    """The place after the brace that closes the one at `start`."""
    depth = 0
    for brace in re.finditer(r"[{}]", code[start:]):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return start + brace.end()
    return len(code)


def code_of(text):
    """The code without comments and strings, line for line."""
    return NOT_CODE.sub(lambda found: '""' * (found[0][-1] == '"') + "\n" * found[0].count("\n"), text)


def sources(folder):
    """Module path, as a tuple, to code; without tests."""
    modules, tests = {}, []
    for file in sorted(folder.rglob("*.rs")):
        path = file.relative_to(folder).with_suffix("").parts
        module = path[:-1] if path[-1] in ("mod", "lib") else path
        code = code_of(file.read_text())
        while found := TESTS.search(code):
            end = block_end(code, found.end() - 1) if found[2] == "{" else found.end()
            code = code[: found.start()] + "\n" * code[found.start() : end].count("\n") + code[end:]
            tests.append((*module, found[1]))
        modules[module] = code
    return {module: code for module, code in modules.items() if not any(module[: len(test)] == test for test in tests)}


def leaves(tree):
    """The paths of a `use`, with the name that each gets."""
    tree = tree.strip()
    before, brace, inner = tree.partition("{")
    if brace:
        depth, part = 0, ""
        for sign in inner[: inner.rindex("}")] + ",":
            depth += {"{": 1, "}": -1}.get(sign, 0)
            if sign == "," and depth == 0:
                yield from leaves(before + part) if part.strip() else ()
                part = ""
            else:
                part += sign
        return
    path, _, name = (word.strip() for word in tree.partition(" as "))
    path = path.removesuffix("::self").split("::")
    yield path, name or path[-1]


class Crate:
    def __init__(self, folder):
        self.modules = sources(folder)
        self.names = collections.defaultdict(dict)  # what `use` brings into a module
        self.wanted = collections.defaultdict(list)
        for module, code in self.modules.items():
            for public, tree in USE.findall(code):
                for path, name in leaves(tree):
                    self.names[module][name] = path
                    if not public:
                        self.wanted[module].append(path)
            self.wanted[module] += [path.split("::") for path in PATH.findall(USE.sub("", code))]
        self.imports = {
            (module, target)
            for module, paths in self.wanted.items()
            for target in (self.home(module, path) for path in paths)
            if target is not None and target != module
        }

    def home(self, module, path, seen=()):
        """The module in which that is defined which `path` says in `module`; none where it is another crate's."""
        first, *rest = path
        if first == "crate":
            place = ()
        elif first == "super":
            place = module[:-1]
        elif first == "self":
            place = module
        elif module + (first,) in self.modules:
            place = module + (first,)
        else:
            return None
        while rest and rest[0] == "super":
            place, rest = place[:-1], rest[1:]
        while rest and place + (rest[0],) in self.modules:
            place, rest = place + (rest[0],), rest[1:]
        if rest and rest[0] in self.names[place] and (place, rest[0]) not in seen:
            further = self.home(place, self.names[place][rest[0]] + rest[1:], (*seen, (place, rest[0])))
            return further if further is not None else place
        return place


def rooms_of(modules):
    """Each module's room: its folder, or itself at the top."""
    folders = {module[:depth] for module in modules for depth in range(1, len(module))}
    return {module: module if module in folders else module[:-1] or module for module in modules}


def largest_circle(edges):
    """The largest strongly connected component, by reach: the graphs are small."""
    following = collections.defaultdict(set)
    for start, end in edges:
        following[start].add(end)

    def reach(start):
        found, open_ends = set(), [start]
        while open_ends:
            for end in following[open_ends.pop()] - found:
                found.add(end)
                open_ends.append(end)
        return found

    reached = {node: reach(node) for node in list(following)}
    circles = [{other for other in reached[node] if node in reached.get(other, ())} for node in reached]
    return max(circles, key=len, default=set())


def greedy_order(edges):
    """Nodes so ordered that few edges go upward: whoever imports stands after what it imports."""
    left, first, last = {node for edge in edges for node in edge}, [], []
    while left:
        within = [(start, end) for start, end in edges if start in left and end in left]
        importing = collections.Counter(start for start, _ in within)
        imported = collections.Counter(end for _, end in within)
        lowest = sorted(node for node in left if not importing[node])
        highest = sorted(node for node in left if not imported[node])
        if lowest:
            first += lowest
        elif highest:
            last = highest + last
        else:
            first.append(max(sorted(left), key=lambda node: imported[node] - importing[node]))
        left -= {*first, *last}
    return first + last


def name_of(module):
    return "/".join(module) or "lib"


def report_crate(folder, order):
    crate = Crate(folder)
    files = {edge for edge in crate.imports if () not in edge}
    home = rooms_of([module for module in crate.modules if module])
    between = [(home[start], home[end]) for start, end in files if home[start] != home[end]]
    order = [tuple(name.split("/")) for name in order] or greedy_order(set(between))
    upward = [
        (start, end)
        for start, end in files
        if home[start] in order and home[end] in order and order.index(home[start]) < order.index(home[end])
    ]
    print(f"{folder}")
    print(f"  files {len(crate.modules)}, rooms {len(set(home.values()))}: {', '.join(sorted(map(name_of, set(home.values()))))}")
    print(f"  imports between files {len(files)}, of which between rooms {len(between)}; pairs of rooms {len(set(between))}")
    print(f"  upward {len(upward)}, in the order {', '.join(map(name_of, order))}")
    for edge in sorted(upward)[:20]:
        print(f"    {name_of(edge[0])} imports {name_of(edge[1])}")
    for what, edges in (("files", files), ("rooms", set(between))):
        circle = sorted(map(name_of, largest_circle(edges)))
        print(f"  largest circle of {what} {len(circle)}{': ' if circle else ''}{', '.join(circle)}")
    return not upward


def report_workspace(crates, list_names, list_functions):
    places, long = collections.defaultdict(collections.Counter), []
    print("\nlines of code (no comments, no tests); all lines of src and tests")
    totals = [0, 0]
    for crate in sorted(path.parent for path in crates.glob("*/src")):
        code = sources(crate / "src")
        lines = sum(bool(line.strip()) for text in code.values() for line in text.splitlines())
        every = sum(len(file.read_text().splitlines()) for file in crate.rglob("*.rs"))
        totals = [totals[0] + lines, totals[1] + every]
        print(f"  {crate.name:20} {lines:7,} {every:7,}")
        for module, text in code.items():
            for name in TYPE.findall(text):
                places[name][crate.name] += 1
            for found in FUNCTION.finditer(text):
                length = text[found.start() : block_end(text, found.end() - 1)].count("\n") + 1
                if length > LONG:
                    long.append((length, crate.name, name_of(module), found[1]))
    print(f"  {'all':20} {totals[0]:7,} {totals[1]:7,}")
    print(f"functions over {LONG} lines: {len(long)}")
    for length, crate, module, name in sorted(long, reverse=True) if list_functions else ():
        print(f"  {length:4} {crate} {module}: {name}")
    shared = {name: where for name, where in places.items() if len(where) > 1}
    print(f"type names that stand in two crates or more: {len(shared)}")
    twice = {name: where for name, where in places.items() if max(where.values()) > 1}
    print(f"type names that stand twice in one crate: {len(twice)}")
    for name, where in sorted((shared | twice).items()) if list_names else ():
        print(f"  {name}: {', '.join(f'{crate} {count}' if count > 1 else crate for crate, count in sorted(where.items()))}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    here = pathlib.Path(__file__).parent.parent / "crates"
    parser.add_argument("source", nargs="?", type=pathlib.Path, default=here / "oscine-engine" / "src")
    parser.add_argument("--order", default="", help="the rooms from the lowest, comma-separated")
    parser.add_argument("--names", action="store_true", help="list the type names that stand more than once")
    parser.add_argument("--functions", action="store_true", help="list the long functions")
    given = parser.parse_args()
    keeps_order = report_crate(given.source, [name for name in given.order.split(",") if name])
    report_workspace(given.source.resolve().parent.parent, given.names, given.functions)
    if given.order and not keeps_order:
        sys.exit("a room imports one that stands above it: see `upward`")


if __name__ == "__main__":
    main()
