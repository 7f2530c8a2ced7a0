using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DrOrchestrator.Kubernetes;

/// <summary>One file of a kubeconfig: its lists, and what its relative paths mean.</summary>
internal sealed class KubeconfigFile
{
    private readonly YamlMappingNode _root;

    private KubeconfigFile(FileStamp stamp, YamlMappingNode root)
    {
        Stamp = stamp;
        _root = root;
    }

    public FileStamp Stamp { get; }

    public string Path => Stamp.Path;

    /// <summary>Throws <see cref="ClusterAccessException"/>; also for a missing one: the entries it should hold would be taken from another file, or from none.</summary>
    public static KubeconfigFile Load(string path)
    {
        var stamp = FileStamp.Of(path);
        YamlStream yaml = [];
        try
        {
            using var reader = new StreamReader(path);
            yaml.Load(reader);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or YamlException)
        {
            throw new ClusterAccessException($"kubeconfig {path} cannot be read: {e.Message}");
        }

        return yaml.Documents is [{ RootNode: YamlMappingNode root }]
            ? new KubeconfigFile(stamp, root)
            : throw new ClusterAccessException($"kubeconfig {path} is not one YAML mapping");
    }

    public IEnumerable<YamlMappingNode> Items(string list) =>
        _root.Children.TryGetValue(new YamlScalarNode(list), out var node) && node is YamlSequenceNode items ? items.OfType<YamlMappingNode>() : [];

    /// <summary>Relative paths are those of the file that holds them.</summary>
    public string FullPath(string file) => System.IO.Path.GetFullPath(file, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);
}

/// <summary>A named entry, and the file it stands in.</summary>
/// <param name="What">For people: <c>user 'u1' in /etc/dro/kubeconfig</c>.</param>
internal sealed record KubeconfigEntry(KubeconfigFile File, YamlMappingNode Body, string What)
{
    /// <summary>Of a scalar; null when it is missing or empty.</summary>
    public string? Text(string key) => Text(Body, key);

    /// <summary>The node of a key; null when it is missing.</summary>
    public YamlNode? Node(string key) => Body.Children.TryGetValue(new YamlScalarNode(key), out var node) ? node : null;

    /// <summary>What this program does not do is refused by name: a setting that is silently ignored reaches the wrong cluster or the wrong user.</summary>
    public void Refuse(IReadOnlyList<string> allowed) => Refuse(Body, allowed, What);

    public static void Refuse(YamlMappingNode node, IReadOnlyList<string> allowed, string what)
    {
        foreach (var key in node.Children.Keys.OfType<YamlScalarNode>().Select(k => k.Value!))
        {
            if (!allowed.Contains(key))
            {
                throw new ClusterAccessException($"{what} uses '{key}', which is not supported; supported: {string.Join(", ", allowed)}");
            }
        }
    }

    public static string? Text(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out var value) && value is YamlScalarNode { Value.Length: > 0 } scalar ? scalar.Value : null;
}
