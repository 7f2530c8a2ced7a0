using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DrOrchestrator.Kubernetes;

/// <summary>The program that fetches a user's credential (<c>exec:</c> of a kubeconfig, client.authentication.k8s.io).</summary>
/// <param name="Source">Whose it is, for people.</param>
/// <param name="File">The kubeconfig that names it.</param>
/// <param name="Command">A full path, or a name to be looked for in the folders of programs.</param>
/// <param name="Information">What it is given as KUBERNETES_EXEC_INFO.</param>
internal sealed record ExecSettings(
    string Source,
    string File,
    string ApiVersion,
    string Command,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string Information,
    string? InstallHint)
{
    private const string Group = "client.authentication.k8s.io";

    private const int DeepestConfig = 32;

    private static readonly string[] Versions = [Group + "/v1", Group + "/v1beta1"];

    private static readonly string[] Keys = ["apiVersion", "command", "args", "env", "provideClusterInfo", "interactiveMode", "installHint"];

    private static readonly string[] Modes = ["Never", "IfAvailable"];

    /// <summary>A record's own would print its environment.</summary>
    public override string ToString() => $"{Command} of {Source}";

    /// <summary>Throws <see cref="ClusterAccessException"/>.</summary>
    public static ExecSettings Read(YamlNode node, KubeconfigEntry user, KubeconfigEntry cluster, byte[] authority)
    {
        var what = $"exec of {user.What}";
        var body = node as YamlMappingNode ?? throw new ClusterAccessException($"{what} is no mapping");
        KubeconfigEntry.Refuse(body, Keys, what);
        var version = OneOf(body, "apiVersion", Versions, null, what);

        // Of v1beta1 it may be left out. Nobody sits at this program's terminal, so what always asks somebody cannot work here.
        OneOf(body, "interactiveMode", Modes, version == Versions[0] ? null : Modes[1], what);
        var command = KubeconfigEntry.Text(body, "command") ?? throw new ClusterAccessException($"{what} has no command");
        return new ExecSettings(
            user.What,
            user.File.Path,
            version,
            command.Contains('/', StringComparison.Ordinal) ? user.File.FullPath(command) : command,
            [.. Items(body, "args", what).Select(item => item is YamlScalarNode { Value: { } text } ? text : throw new ClusterAccessException($"an item of args of {what} is no text"))],
            Variables(body, what),
            Describe(version, OneOf(body, "provideClusterInfo", ["true", "false"], "false", what) == "true" ? Cluster(cluster, authority) : null),
            KubeconfigEntry.Text(body, "installHint"));
    }

    private static string OneOf(YamlMappingNode body, string key, string[] allowed, string? otherwise, string what) =>
        (KubeconfigEntry.Text(body, key) ?? otherwise) is { } found && allowed.Contains(found)
            ? found
            : throw new ClusterAccessException($"{what} has {(KubeconfigEntry.Text(body, key) is { } wrong ? $"{key} '{wrong}', which is not supported" : $"no {key}")}; supported: {string.Join(", ", allowed)}");

    private static IEnumerable<YamlNode> Items(YamlMappingNode body, string key, string what) =>
        !body.Children.TryGetValue(new YamlScalarNode(key), out var node) || node is YamlScalarNode { Value: "" or "null" or "~" } ? []
        : node as YamlSequenceNode ?? throw new ClusterAccessException($"{key} of {what} is no list");

    private static Dictionary<string, string> Variables(YamlMappingNode body, string what)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in Items(body, "env", what))
        {
            if (item is not YamlMappingNode variable || KubeconfigEntry.Text(variable, "name") is not { } name)
            {
                throw new ClusterAccessException($"an item of env of {what} has no name");
            }

            KubeconfigEntry.Refuse(variable, ["name", "value"], $"variable '{name}' of {what}");
            variables[name] = KubeconfigEntry.Text(variable, "value") ?? "";
        }

        return variables;
    }

    private static string Describe(string version, JsonObject? cluster)
    {
        var spec = new JsonObject { ["interactive"] = false };
        if (cluster is not null)
        {
            spec["cluster"] = cluster;
        }

        return new JsonObject { ["apiVersion"] = version, ["kind"] = "ExecCredential", ["spec"] = spec }.ToJsonString();
    }

    private static JsonObject Cluster(KubeconfigEntry cluster, byte[] authority)
    {
        var described = new JsonObject { ["server"] = cluster.Text("server"), ["certificate-authority-data"] = Convert.ToBase64String(authority) };
        foreach (var key in new[] { "tls-server-name", "proxy-url" })
        {
            if (cluster.Text(key) is { } text)
            {
                described[key] = text;
            }
        }

        // The one extension that is meant for such programs.
        var extension = (cluster.Node("extensions") as YamlSequenceNode)?.OfType<YamlMappingNode>().FirstOrDefault(item => KubeconfigEntry.Text(item, "name") == Group + "/exec");
        if (extension is not null && extension.Children.TryGetValue(new YamlScalarNode("extension"), out var config))
        {
            described["config"] = Json(config, cluster.What, 1);
        }

        return described;
    }

    // An alias may lead back to what holds it.
    private static JsonNode? Json(YamlNode node, string what, int depth) => node switch
    {
        _ when depth > DeepestConfig => throw new ClusterAccessException($"the extension {Group}/exec of {what} is nested more than {DeepestConfig} deep"),
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(child => KeyValuePair.Create(
            child.Key is YamlScalarNode { Value: { } key } ? key : throw new ClusterAccessException($"the extension {Group}/exec of {what} has a key that is no text"), Json(child.Value, what, depth + 1)))),
        YamlSequenceNode items => new JsonArray([.. items.Select(item => Json(item, what, depth + 1))]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "null" or "~" } => null,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } word => JsonValue.Create(word.Value is "true"),
        YamlScalarNode { Style: ScalarStyle.Plain } number when long.TryParse(number.Value, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var value) => JsonValue.Create(value),
        YamlScalarNode text => JsonValue.Create(text.Value),
        _ => null,
    };
}
