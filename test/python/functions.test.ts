import { afterAll, beforeAll, expect, it } from 'vitest'
import { Lab, withContext } from './lab.ts'

let lab: Lab
beforeAll(async () => {
  lab = await Lab.open()
})
afterAll(() => lab.close())

const prints = async (body: string): Promise<string> => {
  const run = await lab.run(withContext(body))
  expect(run.err).toBe('')
  return run.out
}

it('functions travel by value: closures, globals, recursion, defaults, partials, methods', async () => {
  expect(
    await prints(`
import functools, math, xml.dom.minidom, os.path
factor = 3
def helper(x): return x * factor
def deep(x): return helper(x) + 1
def fact(n): return 1 if n < 2 else n * fact(n - 1)
def even(n): return n == 0 or odd(n - 1)
def odd(n): return n != 0 and even(n - 1)
def outer(k):
    def inner(n): return k if n == 0 else inner(n - 1)
    return inner
def with_defaults(x, y=10, *, z=factor): return x + y + z
class Scale:
    def __init__(self, by): self.by = by
    def times(self, x): return x * self.by
    def __call__(self, x): return x + self.by
@functools.lru_cache
def cached(x): return x * 100
rdd = sc.parallelize([1, 2, 3], 2)
for f in [deep, fact, even, outer(7), with_defaults, Scale(5).times, Scale(5), functools.partial(pow, 2), math.sqrt, str, cached,
          lambda x: [helper(y) for y in range(x)], lambda x: os.path.join("a", str(x)),
          lambda x: xml.dom.minidom.parseString("<a>%d</a>" % x).documentElement.firstChild.data, "x{}".format]:
    print(rdd.map(f).collect())
factor = 4
print(rdd.map(helper).collect())
`)
  ).toBe(
    [
      '[4, 7, 10]', '[1, 2, 6]', '[False, True, False]', '[7, 7, 7]', '[14, 15, 16]', '[5, 10, 15]', '[6, 7, 8]', '[2, 4, 8]',
      '[1.0, 1.4142135623730951, 1.7320508075688772]', "['1', '2', '3']", '[100, 200, 300]', '[[0], [0, 3], [0, 3, 6]]',
      "['a/1', 'a/2', 'a/3']", "['1', '2', '3']", "['x1', 'x2', 'x3']", '[4, 8, 12]', ''
    ].join('\n')
  )
})

it('classes of the program travel by value and stay the same class', async () => {
  expect(
    await prints(`
import abc, collections, dataclasses, enum, typing
class Color(enum.Enum):
    RED = 1
    BLUE = 2
    def shout(self): return self.name + "!"
Pair = collections.namedtuple("Pair", "a b")
class Typed(typing.NamedTuple):
    a: int
    b: str = "x"
@dataclasses.dataclass(order=True)
class Point:
    x: int
    y: int = 0
    tags: list = dataclasses.field(default_factory=list)
    def norm(self): return abs(self.x) + abs(self.y)
class Base(abc.ABC):
    count = 0
    @abc.abstractmethod
    def area(self): ...
    @classmethod
    def make(cls, n): return cls(n)
class Square(Base):
    __slots__ = ("side",)
    def __init__(self, side): super().__init__(); self.side = side
    def area(self): return self.side ** 2
    @property
    def double(self): return 2 * self.side
    @staticmethod
    def name(): return "square"
class Oops(Exception):
    def __init__(self, code): super().__init__(code); self.code = code
rdd = sc.parallelize([1, 2], 2)
points = rdd.map(lambda x: Point(x, tags=[x])).collect()
print(points, isinstance(points[0], Point), points[0].norm(), dataclasses.asdict(points[1]), points[0] < points[1])
print(rdd.map(lambda x: Color(x)).collect(), rdd.map(lambda x: Color(x) is Color.RED).collect(), Color(rdd.map(Color).first().value).shout())
print(rdd.map(lambda x: Pair(x, b=2)).collect(), rdd.map(lambda x: Typed(x)).collect())
shapes = rdd.map(Square.make).collect()
print([s.area() for s in shapes], type(shapes[0]) is Square, shapes[0].double, rdd.map(lambda x: Square(x).name()).collect())
print(sc.parallelize([Point(1, 2), Point(0, 1)], 1).map(lambda p: p.norm()).collect(), sorted(sc.parallelize([Point(3), Point(1)], 2).collect()))
print(rdd.map(lambda x: Oops(x)).collect()[0].code)
print(sc.parallelize([Color.RED, Color.BLUE, Color.RED]).countByValue())
`)
  ).toBe(
    [
      '[Point(x=1, y=0, tags=[1]), Point(x=2, y=0, tags=[2])] True 1 {\'x\': 2, \'y\': 0, \'tags\': [2]} True',
      '[<Color.RED: 1>, <Color.BLUE: 2>] [True, False] RED!',
      "[Pair(a=1, b=2), Pair(a=2, b=2)] [Typed(a=1, b='x'), Typed(a=2, b='x')]",
      "[1, 4] True 2 ['square', 'square']",
      '[3, 1] [Point(x=1, y=0, tags=[]), Point(x=3, y=0, tags=[])]',
      '1',
      "defaultdict(<class 'int'>, {<Color.RED: 1>: 2, <Color.BLUE: 1>: 1})".replace('BLUE: 1', 'BLUE: 2'),
      ''
    ].join('\n')
  )
})

it('each task has its own copy of the globals', async () => {
  expect(
    await prints(`
counter = 0
def bump(x):
    global counter
    counter += x
    return counter
rdd = sc.parallelize([1, 2, 3, 4], 2)
print(rdd.map(bump).collect(), rdd.map(bump).collect(), counter)
`)
  ).toBe('[1, 3, 3, 7] [1, 3, 3, 7] 0\n')
})

it('what cannot travel fails on the driver, before any job (§5.9, §13.20)', async () => {
  const run = await lab.run(
    withContext(`
import pickle
file = open("notes.txt", "w")
rdd = sc.parallelize([1], 1)
for f in [lambda x: file.write(x), lambda x: sc.parallelize([x]), lambda x: rdd.count()]:
    try:
        rdd.map(f).collect()
    except pickle.PicklingError as e:
        print(type(e).__module__, type(e).__name__, str(e)[:120])
rdd.map(lambda x: file).collect()
`)
  )
  expect(run.engine.jobs).toEqual([])
  expect(run.out.split('\n')).toEqual([
    "_pickle PicklingError Could not serialize object: TypeError: cannot pickle 'TextIOWrapper' instances",
    '_pickle PicklingError Could not serialize object: PySparkRuntimeError: [CONTEXT_ONLY_VALID_ON_DRIVER] It appears that you are attempting to re',
    '_pickle PicklingError Could not serialize object: PySparkRuntimeError: [RDD_TRANSFORM_ONLY_VALID_ON_DRIVER] It appears that you are attempting',
    ''
  ])
  expect(run.end.error).toMatchObject({ className: '_pickle.PicklingError', line: 12 })
})
