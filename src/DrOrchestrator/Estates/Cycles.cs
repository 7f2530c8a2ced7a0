namespace DrOrchestrator.Estates;

/// <summary>Circles among things that depend on each other.</summary>
internal static class Cycles
{
    /// <summary>Every circle found on one walk in the order given, each as the way around: <c>a, b, a</c>. Without recursion, since files may be long.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Find(IReadOnlyList<string> nodes, Func<string, IReadOnlyList<string>> needs)
    {
        var cycles = new List<IReadOnlyList<string>>();
        var finished = new HashSet<string>(StringComparer.Ordinal);
        foreach (var root in nodes)
        {
            var path = new List<(string Node, int Next)>();
            var onPath = new Dictionary<string, int>(StringComparer.Ordinal);
            Enter(root);
            while (path.Count > 0)
            {
                var (node, next) = path[^1];
                var targets = needs(node);
                if (next == targets.Count)
                {
                    path.RemoveAt(path.Count - 1);
                    onPath.Remove(node);
                    finished.Add(node);
                    continue;
                }

                path[^1] = (node, next + 1);
                if (onPath.TryGetValue(targets[next], out var start))
                {
                    cycles.Add([.. path.Skip(start).Select(step => step.Node), targets[next]]);
                }
                else
                {
                    Enter(targets[next]);
                }
            }

            void Enter(string node)
            {
                if (!finished.Contains(node))
                {
                    onPath.Add(node, path.Count);
                    path.Add((node, 0));
                }
            }
        }

        return cycles;
    }
}
