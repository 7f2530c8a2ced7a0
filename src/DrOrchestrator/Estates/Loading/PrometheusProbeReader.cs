using System.Text.RegularExpressions;
using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>with:</c> of a <c>prometheus</c> probe.</summary>
internal static partial class PrometheusProbeReader
{
    public static PrometheusProbeSettings Read(StrictMap with, EstateScope scope)
    {
        var url = with.Url("url");
        var query = with.Text("query");
        var limits = ValueLimitsKeys.Read(with);
        var series = with.OptionalWord<SeriesRule>("series") ?? SeriesRule.One;
        var maxAge = with.OptionalDuration("max-age", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7));
        var sample = with.Parse<string?>("sample", "a selector, such as up{job=\"ledger\"}", TrySelector, null, required: false);
        if (maxAge is not null && !with.Has("sample") && query.Length > 0 && !Selector().IsMatch(query))
        {
            with.Problems.Add(
                with.PlaceOf("max-age"), "'max-age' of an expression, which is always as new as its evaluation", "'sample', the selector whose age counts", "Add 'sample:'.");
        }
        else if (maxAge is null && with.Has("sample"))
        {
            with.Problems.Add(with.PlaceOf("sample"), "'sample' without 'max-age'", "both or neither", "Add 'max-age:' or remove 'sample'.");
        }

        var (onEmpty, onNan, onWarnings) = (Meaning(with, "on-empty"), Meaning(with, "on-nan"), Meaning(with, "on-warnings"));
        var token = with.Secret("bearer", scope);
        var basic = Basic(with, scope);
        if (with.Has("bearer") && with.Has("basic"))
        {
            with.Problems.Add(with.PlaceOf("basic"), "'basic' beside 'bearer'", "one of the two", "Keep one of them.");
        }

        return new PrometheusProbeSettings(url, query, limits, series, maxAge, sample, onEmpty, onNan, onWarnings, token, basic) { Tls = with.Tls(scope) };
    }

    private static ProbeMeaning Meaning(StrictMap with, string key) => with.OptionalWord<ProbeMeaning>(key) ?? ProbeMeaning.Unknown;

    private static BasicCredentials? Basic(StrictMap with, EstateScope scope)
    {
        if (with.Map("basic", required: false, "user and password") is not { } map)
        {
            return null;
        }

        var (user, password) = (map.Text("user"), map.Secret("password", scope, required: true));
        map.Close();
        return password is null ? null : new BasicCredentials(user, password);
    }

    private static bool TrySelector(string text, out string? selector)
    {
        selector = text;
        return Selector().IsMatch(text);
    }

    /// <summary>A metric with or without labels; whether the labels are well written is for Prometheus to say.</summary>
    [GeneratedRegex(@"^\s*([a-zA-Z_:][a-zA-Z0-9_:]*\s*(\{[^{}]*\})?|\{[^{}]+\})\s*\z")]
    private static partial Regex Selector();
}
