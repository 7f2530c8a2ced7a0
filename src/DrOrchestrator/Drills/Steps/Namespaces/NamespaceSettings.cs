using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Namespaces;

/// <summary>A place on the network.</summary>
internal sealed record HostPort(string Host, int Port)
{
    /// <summary><c>HOST:PORT</c>; an IPv6 address without brackets, since the last colon parts.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>Null where it is none.</summary>
    public static HostPort? Parse(string text)
    {
        var at = text.LastIndexOf(':');
        return at > 0 && int.TryParse(text[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536 && text[..at].Trim('[', ']') is { Length: > 0 } host && !host.Contains(' ', StringComparison.Ordinal)
            ? new HostPort(host, port)
            : null;
    }
}

/// <summary>Where pods of the namespace may connect to beside each other.</summary>
/// <param name="Cidr">Null where it is <paramref name="Namespace"/>.</param>
/// <param name="Ports">TCP; empty for all.</param>
internal sealed record EgressException(IPNetwork? Cidr, string? Namespace, IReadOnlyList<int> Ports)
{
    /// <summary>Whether it lets a connection to that place pass. Of a namespace nobody knows the addresses.</summary>
    public bool Covers(IPAddress address, int port) => Cidr is { } cidr && cidr.Contains(address) && (Ports.Count == 0 || Ports.Contains(port));
}

/// <summary>A Secret by name.</summary>
internal sealed record SecretName(string Namespace, string Name)
{
    public override string ToString() => $"{Namespace}/{Name}";
}

/// <summary>How a pod of the namespace tries to reach production.</summary>
/// <param name="Control">A place that it may reach.</param>
/// <param name="Forbidden">Places that every pod of the cluster reaches where no policy stands, and that it must miss; empty for those of the cluster's API server.</param>
/// <param name="AcceptUntried">What may stay untried in a rehearsal: <see cref="EgressTarget.What"/>.</param>
internal sealed record ProofSettings(string Image, HostPort Control, IReadOnlyList<HostPort> Forbidden, IReadOnlyList<HostPort> Targets, IReadOnlyList<string> AcceptUntried, IReadOnlyList<string> Command);

/// <summary>The parameters of <c>k8s.namespace</c>, as they are meant. Pure.</summary>
internal sealed partial record NamespaceSettings(IReadOnlyDictionary<string, string> Quota, string PodSecurity, IReadOnlyList<EgressException> Egress, bool Dns, IReadOnlyList<SecretName> Secrets, ProofSettings? Proof, TimeSpan KeepFor)
{
    public const string NotProved = "none";

    private static readonly TimeSpan UsualKeepFor = TimeSpan.FromHours(24);

    private static readonly Dictionary<string, string> UsualQuota = new(StringComparer.Ordinal) { ["cpu"] = "2", ["memory"] = "4Gi", ["pods"] = "10", ["storage"] = "20Gi" };

    public static IReadOnlyList<ParameterShape> Shapes { get; } =
    [
        new("prove", ParameterType.Object, true, "How a pod of it tries to reach production and must fail: image, control, forbidden, targets, accept-untried, command; or the word none, never in a rehearsal."),
        new("allow-egress", ParameterType.Object, false, "List of exceptions: cidr or namespace, and TCP ports. Without any, pods reach each other and nothing else."),
        new("dns", ParameterType.Boolean, false, "Pods may ask the cluster's DNS; false by default."),
        new("quota", ParameterType.Object, false, "cpu (2), memory (4Gi), pods (10), storage (20Gi): the most that all of it may have."),
        new("pod-security", ParameterType.Text, false, "Pod security standard that the API server enforces; baseline by default.", ["baseline", "restricted"]),
        new("copy-secrets", ParameterType.TextList, false, "NAMESPACE/NAME of Secrets at the site that are copied into it; none by default."),
        new("keep-for", ParameterType.Duration, false, "From when on it counts as left behind; 24h by default."),
    ];

    /// <exception cref="StepFailedException">A value that came from another step is none that is allowed.</exception>
    public static NamespaceSettings Of(StepParameters parameters)
    {
        if (Problems(parameters).FirstOrDefault() is { } problem)
        {
            throw new StepFailedException($"{problem.Parameter}: {problem.Found}; allowed: {problem.Allowed}");
        }

        var quota = parameters.Object("quota") ?? [];
        return new NamespaceSettings(
            UsualQuota.ToDictionary(usual => usual.Key, usual => quota[usual.Key]?.ToString() ?? usual.Value, StringComparer.Ordinal),
            parameters.OptionalText("pod-security") ?? "baseline",
            [.. List(parameters, "allow-egress").OfType<JsonObject>().Select(Exception)],
            parameters.OptionalText("dns") == "true",
            [.. parameters.Texts("copy-secrets").Select(text => new SecretName(text.Split('/')[0], text.Split('/')[1]))],
            parameters.Object("prove") is { } proof
                ? new ProofSettings(
                    proof["image"]!.ToString(),
                    HostPort.Parse(proof["control"]!.ToString())!,
                    [.. Texts(proof["forbidden"]).Select(text => HostPort.Parse(text)!)],
                    [.. Texts(proof["targets"]).Select(text => HostPort.Parse(text)!)],
                    [.. Texts(proof["accept-untried"])],
                    [.. Texts(proof["command"])])
                : null,
            parameters.Duration("keep-for", UsualKeepFor));
    }

    /// <summary>What stands against them; for a plan's author.</summary>
    public static IEnumerable<ParameterProblem> Problems(StepParameters parameters) =>
        [.. ProofProblems(parameters), .. Exceptions(parameters), .. QuotaProblems(parameters), .. SecretProblems(parameters)];

    /// <summary>A control by its address that no exception lets pass. Where it is a name, only the run itself can look.</summary>
    public static IEnumerable<ParameterProblem> ControlProblems(StepParameters parameters) =>
        HostPort.Parse(parameters.Object("prove")?["control"]?.ToString() ?? "") is { } control && IPAddress.TryParse(control.Host, out var address) && !Exceptions(parameters).Any()
        && !List(parameters, "allow-egress").OfType<JsonObject>().Any(exception => Exception(exception).Covers(address, control.Port))
            ? [new ParameterProblem("prove", $"control: {control}", "a place that 'allow-egress' lists", "A pod that reached it otherwise would prove that the network enforces nothing: list it as a cidr, or name a Service NAME.NAMESPACE.svc of a namespace that is listed.")]
            : [];

    /// <summary>A rehearsal touches nothing of production: that is shown, not meant.</summary>
    public static IEnumerable<ParameterProblem> RehearsalProblems(StepParameters rehearsed) => rehearsed.Object("prove") is not null ? [] :
    [
        new ParameterProblem("prove", "its rehearsal proves nothing", "image, control and targets under 'prove:'", "Some networks enforce no policy: let a pod try to reach production."),
    ];

    private static IEnumerable<ParameterProblem> ProofProblems(StepParameters parameters)
    {
        const string Allowed = "a mapping with image, control: HOST:PORT, and perhaps forbidden: [HOST:PORT], targets: [HOST:PORT], accept-untried: [NAME] and command: [PROGRAM, ARGUMENT]; or none";
        if (parameters.Object("prove") is not { } proof)
        {
            return parameters.OptionalText("prove") is null or NotProved ? [] : [new ParameterProblem("prove", "something else", Allowed, "Say how it is proved, or that it is not.")];
        }

        var known = proof.All(entry => entry.Key is "image" or "control" or "forbidden" or "targets" or "accept-untried" or "command");
        var image = proof["image"] is JsonValue;
        var control = HostPort.Parse(proof["control"]?.ToString() ?? "") is not null || IsReference(proof["control"]);
        var places = ((string[])["forbidden", "targets"]).All(name => proof[name] is null or JsonArray && Texts(proof[name]).All(text => HostPort.Parse(text) is { } place && !IsOwn(place)));
        var words = ((string[])["accept-untried", "command"]).All(name => proof[name] is null or JsonArray { Count: > 0 });
        return known && image && control && places && words ? [] : [new ParameterProblem("prove", proof.ToJsonString(), Allowed, "The control is a place that 'allow-egress' lists, what is forbidden is none; neither that nor a target is on this machine.")];
    }

    private static IEnumerable<ParameterProblem> Exceptions(StepParameters parameters) =>
        parameters.Has("allow-egress") && (parameters.Values["allow-egress"] is not JsonArray list || list.Any(item => item is not JsonObject exception || !IsException(exception)))
            ? [new ParameterProblem("allow-egress", parameters.Values["allow-egress"]!.ToJsonString(), "a list of { cidr: 10.9.0.0/16, ports: [5432] } or { namespace: minio, ports: [9000] }", "A cidr has no bits behind its prefix, and is not everything; without ports all of them are meant.")]
            : [];

    private static IEnumerable<ParameterProblem> QuotaProblems(StepParameters parameters) =>
        parameters.Has("quota") && (parameters.Object("quota") is not { } quota || quota.Any(entry => !UsualQuota.ContainsKey(entry.Key) || !Quantities.IsOne(entry.Value?.ToString())))
            ? [new ParameterProblem("quota", parameters.Values["quota"]!.ToJsonString(), "cpu, memory, pods, storage with quantities: 2, 500m, 4Gi", "Correct the quantities.")]
            : [];

    private static IEnumerable<ParameterProblem> SecretProblems(StepParameters parameters) =>
        parameters.Texts("copy-secrets").Where(text => !Secret().IsMatch(text)).Select(text => new ParameterProblem("copy-secrets", $"'{text}'", "NAMESPACE/NAME", "Name each Secret with its namespace."));

    private static bool IsException(JsonObject exception) =>
        exception.All(entry => entry.Key is "cidr" or "namespace" or "ports") && exception.ContainsKey("cidr") != exception.ContainsKey("namespace")
        && (!exception.ContainsKey("cidr") || (IPNetwork.TryParse(exception["cidr"]?.ToString() ?? "", out var cidr) && cidr.PrefixLength > 0 && cidr.ToString() == exception["cidr"]!.ToString()))
        && (!exception.ContainsKey("namespace") || Name().IsMatch(exception["namespace"]?.ToString() ?? ""))
        && exception["ports"] is null or JsonArray && Texts(exception["ports"]).All(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536);

    private static EgressException Exception(JsonObject exception) => new(
        exception["cidr"] is { } cidr ? IPNetwork.Parse(cidr.ToString()) : null,
        exception["namespace"]?.ToString(),
        [.. Texts(exception["ports"]).Select(text => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture))]);

    /// <summary>For a pod a loopback address is the pod itself.</summary>
    private static bool IsOwn(HostPort target) => target.Host == "localhost" || (IPAddress.TryParse(target.Host, out var address) && EgressTargets.IsOwn(address));

    private static bool IsReference(JsonNode? value) => value?.ToString().Contains("${", StringComparison.Ordinal) is true;

    private static JsonArray List(StepParameters parameters, string name) => parameters.Values[name] as JsonArray ?? [];

    private static IEnumerable<string> Texts(JsonNode? list) => (list as JsonArray ?? []).Select(item => item?.ToString() ?? "");

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?/[a-z0-9]([-.a-z0-9]*[a-z0-9])?$")]
    private static partial Regex Secret();

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")]
    private static partial Regex Name();
}
