using System.Globalization;
using System.Text;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Discovery;

/// <summary>The text of the suggested file. Pure: the same clusters give the same text, in the order of names.</summary>
internal sealed class EstateText
{
    private readonly IReadOnlyList<Site> _sites;
    private readonly IReadOnlyList<FoundObjects> _seen;
    private readonly EstateNames _systemNames = new();
    private readonly ProbeText _probes;
    private readonly StringBuilder _text = new();
    private int _questions;

    /// <param name="seen">By site, in the same order.</param>
    public EstateText(IReadOnlyList<Site> sites, IReadOnlyList<FoundObjects> seen)
    {
        _sites = sites;
        _seen = seen;
        _probes = new ProbeText(sites);
    }

    public SuggestResult.Suggested Write()
    {
        var notSeen = _seen.SelectMany(found => found.NotSeen).ToList();
        Head(notSeen);
        Sites();
        Line("systems:");
        var systems = _seen.SelectMany(found => found.Workloads).Select(workload => workload.Namespace).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(System).ToList();
        Line("# component and standby probes explain; what decides availability is a service probe, by the way users come in: give one 'role: service' and 'function:'.");
        Line("# Intervals and timeouts are ours: the shorter, the sooner an outage is seen and the smaller its error bar.");
        Line(_probes.Count > 0 ? "probes:" : "# No probe could be suggested.");
        _text.Append(_probes.Text);
        return new SuggestResult.Suggested(_text.ToString(), _questions, [.. _sites.Select(site => site.Name)], systems, _probes.Count, notSeen);
    }

    private void Head(IReadOnlyList<string> notSeen)
    {
        Line("# A first estate, suggested by 'dro estate suggest' from what was declared in the clusters. No Secret was read, and no value of an environment variable stands here.");
        Line("# A cluster cannot know what the empty keys ask (each has '# ?' behind it): write the answers there, then 'dro check --estate FOLDER'. Keys in comments may stay away.");
        foreach (var gap in notSeen)
        {
            Line($"# Not seen, and so not in here: {gap}");
        }

        Line("estate: suggested");
        Line("");
    }

    private void Sites()
    {
        Line("sites:");
        foreach (var (site, place) in _sites.Select((site, place) => (site, place)))
        {
            Line($"  - name: {YamlText.Scalar(site.Name)}");
            if (place == 0)
            {
                Line("    role: production");
            }
            else
            {
                Question("    role:", "same-city or remote");
            }

            Line("    # location:");
            Line($"    kubeconfig: {YamlText.Scalar(site.KubeconfigPath!)}");
            Line($"    context: {YamlText.Scalar(site.KubernetesContext!)}");
        }

        Line("");
    }

    private SuggestedSystem System(string ns)
    {
        var workloads = _seen.SelectMany((found, place) => found.Workloads.Where(workload => workload.Namespace == ns).Select(workload => (Workload: workload, Place: place)))
            .GroupBy(found => $"{found.Workload.Kind}/{found.Workload.Name}", StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToDictionary(found => found.Place, found => found.Workload), StringComparer.Ordinal);
        var places = workloads.Values.SelectMany(at => at.Keys).Distinct().Order().ToList();
        var name = _systemNames.Of(ns);
        Line($"  # Namespace {ns}. That a namespace is what the business calls a system is a guess: join and part them as it does.");
        foreach (var (workload, at) in workloads)
        {
            Line($"  #   {Words(workload, at)}");
        }

        foreach (var place in places.Where(_ => _sites.Count > 1))
        {
            if (workloads.Where(workload => workload.Value.Count == 1 && workload.Value.ContainsKey(place)).Select(workload => workload.Key).ToList() is { Count: > 0 } only)
            {
                var hidden = Hiding(ns, _sites.Select((_, other) => other).Where(other => other != place));
                Line(hidden.Length > 0 ? $"  # At {_sites[place].Name}, and not seen at {hidden}, where not all could be listed: {string.Join(", ", only)}" : $"  # Only at {_sites[place].Name}: {string.Join(", ", only)}");
            }
        }

        var unsure = Hiding(ns, Enumerable.Range(0, places[0]));
        Keys(name, places, unsure);
        foreach (var place in places)
        {
            _probes.Add(name, ns, _seen[place], place, isServing: place == places[0] && unsure.Length == 0);
        }

        return new SuggestedSystem(name, ns, [.. workloads.Select(workload => new SuggestedWorkload(
            workload.Key,
            workload.Value.OrderBy(at => at.Key).ToDictionary(at => _sites[at.Key].Name, at => at.Value.Replicas, StringComparer.Ordinal),
            Guess(workload.Value)))]);
    }

    /// <summary>Which of the sites may have of a namespace what was not seen there.</summary>
    private string Hiding(string ns, IEnumerable<int> places) => string.Join(", ", places.Where(place => _seen[place].MayHide(ns)).Select(place => _sites[place].Name));

    /// <param name="unsure">The sites before the first that was found which may have it too; empty for none.</param>
    private void Keys(string name, List<int> places, string unsure)
    {
        Line($"  - name: {YamlText.Scalar(name)}");
        Question("    department:", "which department of the business answers for it");
        Question("    owner:", "who");
        Line("    bia: # which tier of JR/T 0199-2020: table 1 of its annex gives it for each impact (dro tier classify --scope S --severity V); the tier sets the limits of RTO and RPO");
        Question("      - scope:", "what suffers while it is down: internal-support, internal-operations, financial-rights or national-stability");
        Question("        severity:", "how much: minor, moderate or severe");
        Question("        reason:", "why, in a sentence");
        Question("        signer:", "who of the business signs that");
        if (unsure.Length > 0)
        {
            Question("    serving:", $"which site: not seen at {unsure}, where not all could be listed; found at {string.Join(", ", places.Select(place => _sites[place].Name))}");
            Line("    # standbys: [] # the others that have it");
        }
        else
        {
            Serving(places);
        }

        Line("    functions:");
        Question("      - name:", "what users do with it, such as posting");
        Line("        critical: true");
        Line("    # objectives: { rto: 2h, rpo: 15m } # where the business asks for more than the tier does");
        Line("    # depends-on: []");
        Line("");
    }

    private void Serving(List<int> places)
    {
        Line($"    serving: {YamlText.Scalar(_sites[places[0]].Name)} # {(places[0] == 0 ? "the first --context, which is your word: a cluster does not say it" : "it was found nowhere else")}");
        if (places.Count > 1)
        {
            Line($"    standbys: [{string.Join(", ", places.Skip(1).Select(place => YamlText.Scalar(_sites[place].Name)))}]");
        }
    }

    private string Words(string workload, Dictionary<int, FoundWorkload> at)
    {
        var first = at.OrderBy(found => found.Key).First().Value;
        var unit = first.Kind == FoundWorkload.Cnpg ? "instances" : "replicas";
        var counts = string.Join(", ", at.OrderBy(found => found.Key).Select(found => string.Create(CultureInfo.InvariantCulture, $"{found.Value.Replicas} at {_sites[found.Key].Name}")));
        var words = new List<string> { $"{workload}: {unit} {counts}" };
        if (first.Images.Count > 0)
        {
            words.Add($"image {string.Join(", ", first.Images)}");
        }

        if (Guess(at) is { } guess)
        {
            words.Add($"perhaps {guess} (a guess){(first.Database is { } database ? $", database {database}" : "")}: whether its data gets to the other site is for 'recovery-points:' to say");
        }

        if (first.Owner is { } owner)
        {
            words.Add($"made by {owner}, which sets it back");
        }

        return string.Join("; ", words);
    }

    private static string? Guess(Dictionary<int, FoundWorkload> at) => at.OrderBy(found => found.Key).Select(found => DatabaseGuess.Of(found.Value)).FirstOrDefault(guess => guess is not null);

    private void Question(string key, string asked)
    {
        _questions++;
        Line($"{key} # ? {asked}");
    }

    private void Line(string line) => _text.Append(YamlText.OneLine(line)).Append('\n');
}
