using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;

namespace DrOrchestrator.Drills.Steps.Namespaces;

/// <summary>A place of production that no pod of the namespace may reach.</summary>
/// <param name="What">For people: <c>database ledger-db</c>.</param>
/// <param name="IsDeclared">The plan names it: that it cannot be tried fails the step. What the estate names beside is tried where it answers.</param>
/// <param name="Place">Null where nobody knows it, which <paramref name="Unknown"/> tells.</param>
/// <param name="Unknown">Why its place is not known; null where it is.</param>
internal sealed record EgressTarget(string What, HostPort? Place, bool IsDeclared, string? Unknown = null);

/// <summary>What is tried, and what says nothing although it was to be tried.</summary>
/// <param name="Tried">Addresses with ports, each as <c>ADDRESS:PORT</c>.</param>
internal sealed record ReachableTargets(IReadOnlyList<(string What, IPAddress Address, int Port)> Tried, IReadOnlyList<(EgressTarget Target, string Why)> Untried)
{
    public JsonArray ToJson() => new([.. Tried.Select(target => new JsonObject { ["what"] = target.What, ["at"] = new HostPort(target.Address.ToString(), target.Port).ToString() })]);
}

/// <summary>
/// Where a pod must not get to. That it does not get to a place proves something only where the place answers: so the orchestrator itself connects to each, before and after the pod has
/// tried. Names are looked up here: a pod that may not ask a DNS server would miss every name, and reach the address.
/// </summary>
internal sealed class EgressTargets(ClusterConnections connections, TimeProvider time)
{
    /// <summary>Why a place says nothing.</summary>
    internal const string Silent = "it does not answer the orchestrator either";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    /// <summary>Connects and says nothing.</summary>
    internal Func<IPAddress, int, CancellationToken, Task<bool>> Dial { get; init; } = DialAsync;

    internal Func<string, CancellationToken, Task<IPAddress[]>> LookUp { get; init; } = System.Net.Dns.GetHostAddressesAsync;

    /// <summary>Databases of the plan's systems, endpoints that its steps use live, the API servers of the other sites, and what the step names. Each once.</summary>
    public IReadOnlyList<EgressTarget> Of(StepContext context, ProofSettings proof)
    {
        var estate = context.Estate;
        var live = context.Plan.Live ?? context.Plan;
        var databases = estate.Databases.Where(database => live.Systems.Contains(database.System, StringComparer.Ordinal))
            .SelectMany(database => database.Target.Hosts.Select(host => new EgressTarget($"database {database.Name}", new HostPort(host, database.Target.Port), false)));
        var endpoints = live.AllSteps.Select(step => step.Parameters.OptionalText("endpoint")).OfType<string>().Select(estate.FindEndpoint).OfType<ServiceEndpoint>()
            .Select(endpoint => new EgressTarget($"endpoint {endpoint.Name}", new HostPort(endpoint.Url.IdnHost, endpoint.Url.Port), false));
        var servers = estate.Sites.Where(site => site.KubeconfigPath is not null && site.Name != context.Step.Site).Select(site => ApiServer(estate, site));
        return [.. proof.Targets.Select(target => new EgressTarget("the plan's", target, true)).Concat(databases).Concat(endpoints).Concat(servers).DistinctBy(target => target.Place?.ToString() ?? target.What)];
    }

    /// <summary>Looks at each from here.</summary>
    public async Task<ReachableTargets> LookAsync(IReadOnlyList<EgressTarget> targets, CancellationToken cancellationToken)
    {
        var looks = await Task.WhenAll(targets.Select(async target => (Target: target, Look: await LookAsync(target, cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);
        return new ReachableTargets(
            [.. looks.SelectMany(look => look.Look.Answering.Select(address => (look.Target.What, address, look.Target.Place!.Port)))],
            [.. looks.Where(look => look.Look.Why is not null).Select(look => (look.Target, look.Look.Why!))]);
    }

    /// <summary>What a name stands for here, or the address that it is; null where nothing is found.</summary>
    public async Task<IReadOnlyList<IPAddress>?> AddressesAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            return IPAddress.TryParse(host, out var address) ? [address] : await LookUp(host, cancellationToken).WaitAsync(Longest, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or TimeoutException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Those that answer.</summary>
    public async Task<IReadOnlyList<IPAddress>> AnsweringAsync(IEnumerable<IPAddress> addresses, int port, CancellationToken cancellationToken)
    {
        var looks = await Task.WhenAll(addresses.Select(async one => (Address: one, Answers: await AnswersAsync(one, port, cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);
        return [.. looks.Where(look => look.Answers).Select(look => look.Address)];
    }

    /// <summary>Those that were tried and do not answer any more.</summary>
    public async Task<IReadOnlyList<string>> SilentAsync(IEnumerable<string> tried, CancellationToken cancellationToken)
    {
        var looks = await Task.WhenAll(tried.Select(async at => (At: at, Answers: HostPort.Parse(at) is { } place && await AnswersAsync(IPAddress.Parse(place.Host), place.Port, cancellationToken).ConfigureAwait(false))))
            .ConfigureAwait(false);
        return [.. looks.Where(look => !look.Answers).Select(look => look.At)];
    }

    /// <summary>Whether for a pod, or for any machine, that address is itself or its own link.</summary>
    public static bool IsOwn(IPAddress address) =>
        IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || address.IsIPv6LinkLocal || (address.AddressFamily is AddressFamily.InterNetwork && address.GetAddressBytes() is [169, 254, ..]);

    private EgressTarget ApiServer(Estate estate, Site site)
    {
        var what = $"API server of {site.Name}";
        try
        {
            var server = connections.Of(estate, site.Name).BaseUri;
            return new EgressTarget(what, new HostPort(server.IdnHost, server.Port), false);
        }
        catch (ClusterAccessException unread)
        {
            return new EgressTarget(what, null, false, unread.Message);
        }
    }

    private async Task<(IReadOnlyList<IPAddress> Answering, string? Why)> LookAsync(EgressTarget target, CancellationToken cancellationToken)
    {
        if (target.Place is not { } place)
        {
            return ([], target.Unknown);
        }

        if (await AddressesAsync(place.Host, cancellationToken).ConfigureAwait(false) is not { } addresses)
        {
            return ([], "its name was not found");
        }

        var others = addresses.Where(one => !IsOwn(one)).ToList();
        if (others.Count == 0)
        {
            return ([], "it is on the orchestrator's own machine, which for a pod is itself");
        }

        var answering = await AnsweringAsync(others, place.Port, cancellationToken).ConfigureAwait(false);
        return answering.Count > 0 ? (answering, null) : ([], Silent);
    }

    private async Task<bool> AnswersAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Longest, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await Dial(address, port, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task<bool> DialAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient(address.AddressFamily);
            await client.ConnectAsync(address, port, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
