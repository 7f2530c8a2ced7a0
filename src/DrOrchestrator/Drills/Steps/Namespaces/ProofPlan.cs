using System.Net;
using System.Text.Json.Nodes;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using k8s;

namespace DrOrchestrator.Drills.Steps.Namespaces;

/// <summary>
/// What a pod will try, looked at before anything is made. Three kinds of places, since each alone says little: the control, which the policy lets pass and which it must reach (else it has no
/// network at all); what is forbidden, which every pod of the cluster reaches where no policy stands and which it must miss (else the network enforces none); production, which it must miss.
/// A place where nobody listens is missed by every pod: what is forbidden must answer the orchestrator, as production must, or the plan vouches for it under <c>accept-untried</c>.
/// </summary>
internal sealed class ProofPlan(EgressTargets egress)
{
    /// <summary>The Service behind which every cluster tells its pods its own API server.</summary>
    private const string ApiService = "kubernetes.io/service-name=kubernetes";

    /// <summary>As the intent keeps it.</summary>
    /// <exception cref="StepFailedException">It would prove nothing.</exception>
    public async Task<JsonObject> PrepareAsync(IKubernetes client, StepContext context, NamespaceSettings settings, ProofSettings proof, CancellationToken cancellationToken)
    {
        var control = await ControlAsync(settings, proof.Control, cancellationToken).ConfigureAwait(false);
        var forbidden = await ForbiddenAsync(client, context.Site(), settings, proof, cancellationToken).ConfigureAwait(false);
        var targets = await egress.LookAsync(egress.Of(context, proof), cancellationToken).ConfigureAwait(false);
        RequireTried(context, proof, targets);
        if (targets.Tried.FirstOrDefault(target => settings.Egress.Any(exception => exception.Covers(target.Address, target.Port))) is { What: not null } open)
        {
            throw new StepFailedException($"'allow-egress' opens a way to production: {new HostPort(open.Address.ToString(), open.Port)} ({open.What})");
        }

        return new JsonObject
        {
            ["image"] = proof.Image,
            ["control"] = control.ToString(),
            ["command"] = new JsonArray([.. proof.Command.Select(word => JsonValue.Create(word))]),
            ["targets"] = targets.ToJson(),
            ["untried"] = new JsonArray(
            [
                .. targets.Untried.Select(one => new JsonObject { ["what"] = one.Target.What, ["at"] = one.Target.Place?.ToString(), ["why"] = one.Why }),
                .. forbidden.Where(one => !one.Counts).Select(one => new JsonObject { ["what"] = one.What, ["at"] = one.Place.ToString(), ["why"] = EgressTargets.Silent }),
            ]),
            ["forbidden"] = new JsonArray([.. forbidden.Where(one => one.Counts).Select(one => new JsonObject { ["what"] = one.What, ["at"] = one.Place.ToString(), ["answers"] = one.Answers })]),
        };
    }

    private static void RequireTried(StepContext context, ProofSettings proof, ReachableTargets targets)
    {
        if (targets.Untried.FirstOrDefault(one => one.Target.IsDeclared) is { Target: { } silent } untried)
        {
            throw new StepFailedException($"that no pod reaches {silent.Place} would prove nothing: {untried.Why}");
        }

        if (targets.Tried.Count == 0)
        {
            throw new StepFailedException("nothing of production answers the orchestrator, so that nothing can be proved: name 'targets' that do");
        }

        if (context.Mode is not RunMode.Rehearsal)
        {
            return;
        }

        // What a rehearsal does not try it does not know to be out of reach.
        if (targets.Untried.FirstOrDefault(one => !proof.AcceptUntried.Contains(one.Target.What, StringComparer.Ordinal)) is { Target: { } left } unknown)
        {
            throw new StepFailedException(left.Place is { } place
                ? $"that no pod reaches {place} ({left.What}) is not tried: {unknown.Why}. A rehearsal asks for it, or for its name under 'accept-untried'"
                : $"that no pod reaches {left.What} is not tried: {unknown.Why}. A rehearsal asks for it, or for its name under 'accept-untried'");
        }

        var systems = (context.Plan.Live ?? context.Plan).Systems.Where(system => context.Estate.Databases.All(database => database.System != system));
        if (proof.Targets.Count == 0 && systems.FirstOrDefault(system => !proof.AcceptUntried.Contains(string.Join(' ', "system", system), StringComparer.Ordinal)) is { } untold)
        {
            throw new StepFailedException($"the estate names no database of system {untold}, so that nothing of it is tried: name 'targets', or 'system {untold}' under 'accept-untried'");
        }
    }

    /// <summary>The control as a pod is given it: by its address, where the orchestrator can tell that the policy lets it pass; by its name, where it is a Service of a namespace that it lets pass.</summary>
    private async Task<HostPort> ControlAsync(NamespaceSettings settings, HostPort control, CancellationToken cancellationToken)
    {
        if (control.Host.Split('.') is [_, var space, "svc", ..])
        {
            if (settings.Egress.All(exception => exception.Namespace != space))
            {
                throw NotLetPass(control);
            }

            return settings.Dns ? control : throw new StepFailedException($"no pod can look up the control {control}: 'dns' is false");
        }

        var addresses = await egress.AddressesAsync(control.Host, cancellationToken).ConfigureAwait(false)
            ?? throw new StepFailedException($"the control {control} cannot be looked up: its name was not found");
        return addresses.FirstOrDefault(address => settings.Egress.Any(exception => exception.Covers(address, control.Port))) is { } covered ? control with { Host = covered.ToString() } : throw NotLetPass(control);
    }

    private async Task<IReadOnlyList<Forbidden>> ForbiddenAsync(IKubernetes client, string site, NamespaceSettings settings, ProofSettings proof, CancellationToken cancellationToken)
    {
        if (proof.Forbidden.Count == 0)
        {
            var own = (await OfApiServerAsync(client, site, cancellationToken).ConfigureAwait(false)).Where(place => !settings.Egress.Any(exception => exception.Covers(IPAddress.Parse(place.Host), place.Port))).ToList();
            if (own.Count == 0)
            {
                throw new StepFailedException($"the cluster at {site} tells its pods no address of its API server that 'allow-egress' does not list: name a place under 'forbidden' that its pods reach where no policy stands");
            }

            // An API server that is long dead may still stand in the list.
            var server = $"API server of {site}";
            return await LookedAtAsync(server, own, proof.AcceptUntried.Contains(server, StringComparer.Ordinal), cancellationToken).ConfigureAwait(false)
                ?? throw new StepFailedException($"no address at which pods find the API server of {site} answers the orchestrator, so that a pod that misses it proves nothing: name a place under 'forbidden' that does, or '{server}' under 'accept-untried'");
        }

        var all = new List<Forbidden>();
        foreach (var place in proof.Forbidden)
        {
            var addresses = await egress.AddressesAsync(place.Host, cancellationToken).ConfigureAwait(false) ?? throw new StepFailedException($"what is forbidden, {place}, cannot be looked up: its name was not found");
            if (addresses.Any(address => EgressTargets.IsOwn(address) || settings.Egress.Any(exception => exception.Covers(address, place.Port))))
            {
                throw new StepFailedException($"{place} is under 'forbidden', and 'allow-egress' lets it pass, or it is every pod's own: it proves nothing");
            }

            all.AddRange(
                await LookedAtAsync("the plan's", [.. addresses.Select(address => place with { Host = address.ToString() })], proof.AcceptUntried.Contains(string.Join(' ', "forbidden", place), StringComparer.Ordinal), cancellationToken).ConfigureAwait(false)
                ?? throw new StepFailedException($"what is forbidden, {place}, does not answer the orchestrator, so that a pod that misses it proves nothing: name a place that does, or 'forbidden {place}' under 'accept-untried'"));
        }

        return all;
    }

    /// <summary>Those that answer count; where none does, all of them if the plan vouches for them.</summary>
    /// <returns>Null where nothing counts.</returns>
    private async Task<IReadOnlyList<Forbidden>?> LookedAtAsync(string what, IReadOnlyList<HostPort> places, bool isAccepted, CancellationToken cancellationToken)
    {
        var looks = await Task.WhenAll(places.Select(async place => (Place: place, Answers: (await egress.AnsweringAsync([IPAddress.Parse(place.Host)], place.Port, cancellationToken).ConfigureAwait(false)).Count > 0))).ConfigureAwait(false);
        var any = looks.Any(look => look.Answers);
        return any || isAccepted ? [.. looks.Select(look => new Forbidden(what, look.Place, look.Answers, look.Answers || !any))] : null;
    }

    /// <summary>Its addresses, not the Service's: behind the Service a policy sees them.</summary>
    private static async Task<IReadOnlyList<HostPort>> OfApiServerAsync(IKubernetes client, string site, CancellationToken cancellationToken)
    {
        var slices = await SiteCalls.ReadOrFailAsync($"EndpointSlices kubernetes at {site}", () => client.AllSlicesAsync("default", ApiService, cancellationToken), cancellationToken).ConfigureAwait(false);
        return
        [
            .. from slice in slices
               from port in slice.Ports ?? []
               let number = port.Port ?? 0
               where number > 0 && port.Protocol is null or "TCP"
               from endpoint in slice.Endpoints ?? []
               where endpoint.Conditions?.Ready is not false
               from address in endpoint.Addresses
               where IPAddress.TryParse(address, out var ip) && !EgressTargets.IsOwn(ip)
               select new HostPort(address, number),
        ];
    }

    private static StepFailedException NotLetPass(HostPort control) =>
        new($"no exception of 'allow-egress' lets the control {control} pass: a pod that reached it would prove that the network enforces nothing");

    /// <summary>A place that the pod must miss.</summary>
    /// <param name="Answers">The orchestrator, before the pod tries.</param>
    /// <param name="Counts">That the pod misses it says something.</param>
    private sealed record Forbidden(string What, HostPort Place, bool Answers, bool Counts);
}
