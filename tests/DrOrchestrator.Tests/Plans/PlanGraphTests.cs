using CsCheck;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Tests.Plans;

public sealed class PlanGraphTests
{
    [Fact]
    public void ReadySteps_Diamond_GoesThroughIt()
    {
        var graph = Graph(("a", []), ("b", ["a"]), ("c", ["a"]), ("d", ["b", "c"]));

        Ready(graph).Should().Equal("a");
        Ready(graph, "a").Should().Equal("b", "c");
        Ready(graph, "a", "c").Should().Equal("b");
        Ready(graph, "a", "b", "c").Should().Equal("d");
        Ready(graph, "a", "b", "c", "d").Should().BeEmpty();
    }

    [Fact]
    public void AncestorsOf_AreAllThatMustBeDoneBefore()
    {
        var graph = Graph(("a", []), ("b", ["a"]), ("c", ["a"]), ("d", ["b"]));

        graph.AncestorsOf("d").Should().BeEquivalentTo("a", "b");
        graph.AncestorsOf("a").Should().BeEmpty();
    }

    [Fact]
    public void FindCycles_TwoCircles_NamesTheWayAroundEach()
    {
        var graph = Graph(("a", ["c"]), ("b", ["a"]), ("c", ["b"]), ("x", ["x"]), ("y", ["a"]));

        graph.FindCycles().Select(cycle => string.Join(" -> ", cycle)).Should().Equal("a -> c -> b -> a", "x -> x");
    }

    [Fact]
    public void FindCycles_RandomGraph_FindsSomeExactlyWhenNoOrderExists() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[0, 11].Array[0, 30]).Sample((size, picks) =>
        {
            var needs = Enumerable.Range(0, size).Select(_ => new HashSet<string>()).ToArray();
            for (var i = 0; i + 1 < picks.Length; i += 2)
            {
                needs[picks[i] % size].Add($"s{picks[i + 1] % size}");
            }

            var graph = new PlanGraph(needs.Select((need, i) => Step($"s{i}", [.. need])));
            var done = new HashSet<string>();
            while (graph.ReadySteps(done) is { Count: > 0 } ready)
            {
                done.UnionWith(ready.Select(step => step.Name));
            }

            return (graph.FindCycles().Count == 0) == (done.Count == size);
        });

    [Fact]
    public void Resolve_WayBack_WaitsForEveryBranchOfTheSwitch()
    {
        var needs = PlanOrder.Resolve(
            [[new("a", null)], [new("b", null)], [new("c", ["a"])]],
            [[new("x", null), new("y", null)], [], [new("z", null)]]);

        needs.Select(pair => $"{pair.Key} <- {string.Join(" ", pair.Value)}").Should().Equal("a <- ", "b <- a", "c <- a", "x <- b c", "y <- b c", "z <- x y");
    }

    private static IEnumerable<string> Ready(PlanGraph graph, params string[] done) => graph.ReadySteps(done.ToHashSet()).Select(step => step.Name);

    private static PlanGraph Graph(params (string Name, string[] Needs)[] steps) => new(steps.Select(step => Step(step.Name, step.Needs)));

    private static PlanStep Step(string name, string[] needs) =>
        new(name, "wait", new Dictionary<string, string>(), null, StepParameters.None, needs, null, null, false, TimeSpan.FromSeconds(1), 0, null);
}
