using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Ownership;

/// <summary>A set of field paths, and its form on the wire (FieldsV1).</summary>
internal sealed class FieldSet
{
    public static readonly FieldSet Empty = new([]);

    private readonly HashSet<string> _paths;

    public FieldSet(IEnumerable<string> paths) => _paths = new HashSet<string>(paths, StringComparer.Ordinal);

    public IReadOnlyCollection<string> Paths => _paths;

    public bool IsEmpty => _paths.Count == 0;

    public bool Contains(string path) => _paths.Contains(path);

    public bool ContainsAtOrBelow(string path) => _paths.Any(own => own == path || FieldPath.IsBelow(own, path));

    public FieldSet With(IEnumerable<string> others) => new(_paths.Concat(others));

    public FieldSet Without(FieldSet others) => new(_paths.Where(path => !others.Contains(path)));

    public FieldSet Common(FieldSet others) => new(_paths.Where(others.Contains));

    public bool SameAs(FieldSet other) => _paths.SetEquals(other._paths);

    public JsonObject ToFieldsV1()
    {
        var root = new JsonObject();
        var ends = new List<(string LastStep, JsonObject Node)>();
        foreach (var path in _paths.Order(StringComparer.Ordinal))
        {
            var node = root;
            var steps = FieldPath.Steps(path);
            foreach (var step in steps)
            {
                node = node.Obtain(step);
            }

            ends.Add((steps[^1], node));
        }

        // What is owned itself while something below it is owned too has a dot, and so has every item of a keyed list.
        foreach (var (_, node) in ends.Where(end => end.Node.Count > 0 || end.LastStep[0] == 'k'))
        {
            node["."] = new JsonObject();
        }

        return root;
    }

    public static FieldSet FromFieldsV1(JsonObject? root)
    {
        var paths = new List<string>();
        Collect("", root ?? [], paths);
        return new FieldSet(paths);
    }

    private static void Collect(string path, JsonObject node, List<string> paths)
    {
        if (node.Count == 0 && path.Length > 0)
        {
            paths.Add(path);
        }

        foreach (var (step, below) in node)
        {
            if (step == ".")
            {
                paths.Add(path);
            }
            else if (below is JsonObject map)
            {
                Collect(FieldPath.Join(path, step), map, paths);
            }
        }
    }
}
