using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Http;

/// <summary>
/// <c>http</c>: one request to an endpoint of the estate, conditional on what was read before where the endpoint offers an ETag, found again by a marker or by what it set.
/// </summary>
internal sealed class HttpStep(TimeProvider time) : IReversibleStepKind, IStandingKind
{
    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(5);

    public StepKindShape Shape { get; } = new(
        "http",
        StepEffect.Reversible,
        NeedsSite: false,
        "Sends one HTTP request, such as a change of route at a load balancer.",
        [
            new ParameterShape("endpoint", ParameterType.EndpointName, true, "Endpoint of the estate; its token is sent as bearer token."),
            new ParameterShape("method", ParameterType.Text, true, "HTTP method.", ["PUT", "POST", "DELETE", "GET"]),
            new ParameterShape("path", ParameterType.Text, true, "Path at the endpoint, with a leading /."),
            new ParameterShape("body", ParameterType.Object, false, "JSON object to send."),
            new ParameterShape("expect-status", ParameterType.TextList, false, "Statuses that mean success; 200 to 299 by default."),
            new ParameterShape("if-match", ParameterType.Boolean, false, "Send the ETag read before, so that a change by another is not overwritten."),
            new ParameterShape("marker-field", ParameterType.Text, false, "Field of the body that carries the mark of this step."),
            new ParameterShape("observe-path", ParameterType.Text, false, "Path to GET to see whether it happened."),
            new ParameterShape("observe-equals", ParameterType.Object, false, "Fields seen there once it has happened."),
            new ParameterShape("undo", ParameterType.Text, false, "restore: send back the body seen before; body: send undo-body; none (default): there is nothing to take back.", [HttpStepSettings.Restore, HttpStepSettings.SendBody, HttpStepSettings.None]),
            new ParameterShape("undo-body", ParameterType.Object, false, "JSON object to send when the step is undone."),
        ],
        ["status", "body"]);

    public async Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        var settings = HttpStepSettings.Of(context);
        var intent = new JsonObject { ["method"] = settings.Method.Method, ["url"] = settings.Url.AbsoluteUri, ["body"] = settings.BodyWith(context.Marker) };
        if (settings.ObserveUrl is not { } observe)
        {
            return intent;
        }

        var before = await LookAsync(settings, cancellationToken).ConfigureAwait(false);
        if (before.Status is < 200 or > 299 and not 404)
        {
            throw new StepFailedException($"GET {observe} answers {before}");
        }

        if (settings.IfMatch && before.ETag is null)
        {
            throw new StepFailedException($"GET {observe} gives no ETag; if-match needs one");
        }

        // What a 404 says is no state of anything: taken for one, it would count as put back while the change still stands.
        var state = before.Status == 404 ? null : before.Body as JsonObject;
        if (settings.Undo == HttpStepSettings.Restore && state is null)
        {
            throw new StepFailedException($"GET {observe} answers {before}: no JSON object that could be put back, as 'undo: restore' asks");
        }

        intent["before"] = new JsonObject { ["status"] = before.Status, ["etag"] = before.ETag, ["body"] = state?.DeepClone() };
        return intent;
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var settings = HttpStepSettings.Of(context);
        var deadline = new StepDeadline(time, context.Step.Timeout);
        if (settings.CanBeObserved && Stands(settings, await LookAsync(settings, cancellationToken).ConfigureAwait(false), context.Marker) is { } already)
        {
            return new StepOutcome.Done(already);
        }

        var etag = settings.IfMatch ? intent["before"]?["etag"]?.GetValue<string>() : null;
        var answer = await HttpExchange.SendAsync(settings.TokenFile, settings.Method, settings.Url, settings.BodyWith(context.Marker), etag, deadline.Remaining, time, cancellationToken, context.Permit).ConfigureAwait(false);
        if (settings.IsExpected(answer.Status))
        {
            return new StepOutcome.Done(Outputs(answer));
        }

        if (answer.IsNone && !answer.WasSent)
        {
            return new StepOutcome.Failed($"{settings.Method} {settings.Url}: {answer.Trouble}");
        }

        // A 412 answers a lost twin of this request as well as someone else's change; a lost or broken answer says nothing. What stands decides.
        var now = settings.CanBeObserved ? await LookAsync(settings, cancellationToken).ConfigureAwait(false) : null;
        return now is not null && Stands(settings, now, context.Marker) is { } stands ? new StepOutcome.Done(stands)
            : answer.Status == 412 ? new StepOutcome.Failed($"{settings.Url} was changed by another since it was read: it is {now?.ToString() ?? "unknown"} now")
            : answer.Status is >= 400 and < 500 and not 408 ? new StepOutcome.Failed($"{settings.Method} {settings.Url} answers {answer}")
            : answer is { IsNone: false, Status: < 400 } ? new StepOutcome.Unknown($"{settings.Method} {settings.Url} answers {answer}, which is not expected")
            : settings.Method == HttpMethod.Get ? new StepOutcome.Failed($"{settings.Method} {settings.Url}: {answer}")
            : new StepOutcome.Unknown($"{settings.Method} {settings.Url}: {answer}; whether it happened is not known");
    }

    public async Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var settings = HttpStepSettings.Of(context);
        if (settings.CanBeObserved)
        {
            var now = await LookAsync(settings, cancellationToken).ConfigureAwait(false);
            if (now.IsNone || now.Status >= 500)
            {
                return new Observation(ObservedAnswer.StillMay, $"GET {settings.ObserveUrl}: {now}");
            }

            if (Stands(settings, now, context.Marker) is { } outputs)
            {
                return new Observation(ObservedAnswer.Happened, $"GET {settings.ObserveUrl} shows it", outputs);
            }
        }

        return settings.IsIdempotent
            ? new Observation(ObservedAnswer.CannotHappenAnyMore, $"{settings.Method} {settings.Url} is not seen to have happened, and sent twice it is as sent once")
            : new Observation(ObservedAnswer.CannotTell, $"whether {settings.Method} {settings.Url} happened cannot be seen, and sent twice it would count twice");
    }

    /// <summary>What it is sent to, and what shows it: a later request may change that by another path.</summary>
    public IReadOnlyList<StepTarget> TargetsOf(StepContext context) =>
        HttpStepSettings.Of(context) is var settings && settings.Method == HttpMethod.Get ? [] : [.. ((Uri?[])[settings.Url, settings.ObserveUrl]).OfType<Uri>().Distinct().Select(url => new StepTarget(url.AbsoluteUri))];

    public async Task<string?> ContradictionAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var settings = HttpStepSettings.Of(context);
        return settings.CanBeObserved && await LookAsync(settings, cancellationToken).ConfigureAwait(false) is { IsNone: false, Status: < 500 } now && Stands(settings, now, context.Marker) is null
            ? $"GET {settings.ObserveUrl} does not show it any more: {now}"
            : null;
    }

    public bool Undoes(PlanStep step) => (step.Parameters.OptionalText("undo") ?? HttpStepSettings.None) != HttpStepSettings.None && step.Parameters.Text("method") != "GET";

    public async Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken)
    {
        var settings = HttpStepSettings.Of(context);
        var marker = context.Marker + "-undo";
        var body = settings.WithMarker(settings.Undo == HttpStepSettings.Restore ? intent["before"]?["body"] as JsonObject : settings.UndoBody, marker);
        if (body is null)
        {
            return new StepOutcome.Failed($"there was no body at {settings.ObserveUrl} before that could be put back");
        }

        var deadline = new StepDeadline(time, context.Step.Timeout);
        var trouble = "";
        do
        {
            string? etag = null;
            if (settings.ObserveUrl is not null)
            {
                var now = await LookAsync(settings, cancellationToken).ConfigureAwait(false);
                if (IsPutBack(settings, now, body, marker))
                {
                    return new StepOutcome.Done([]);
                }

                etag = settings.IfMatch ? now.ETag : null;
            }

            var answer = await HttpExchange.SendAsync(settings.TokenFile, HttpMethod.Put, settings.Url, body, etag, deadline.Remaining, time, cancellationToken, context.Permit).ConfigureAwait(false);
            if (answer.Status is >= 200 and < 300)
            {
                return new StepOutcome.Done([]);
            }

            trouble = answer.ToString();
            if (answer.Status is >= 400 and < 500 and not (408 or 412 or 429))
            {
                return new StepOutcome.Failed($"PUT {settings.Url} answers {answer}");
            }
        }
        while (await deadline.WaitAsync(SiteCalls.PollInterval, cancellationToken).ConfigureAwait(false));

        return new StepOutcome.Unknown($"{settings.Url} could not be put back: {trouble}");
    }

    public string Describe(PlanStep step, Estate estate) =>
        $"{step.Parameters.Text("method")} {estate.FindEndpoint(step.Parameters.Text("endpoint"))?.Url.Authority}{step.Parameters.Text("path")} {step.Parameters.Object("body")?.ToJsonString()}".TrimEnd();

    private Task<HttpAnswer> LookAsync(HttpStepSettings settings, CancellationToken cancellationToken) =>
        HttpExchange.SendAsync(settings.TokenFile, HttpMethod.Get, settings.ObserveUrl!, null, null, LookTimeout, time, cancellationToken);

    // With a marker only the marker tells: the wanted fields may have been set by someone else.
    private static JsonObject? Stands(HttpStepSettings settings, HttpAnswer seen, string marker)
    {
        var equal = settings.MarkerField is { } field
            ? Text(seen.Body, field) == marker
            : settings.ObserveEquals!.All(wanted => Text(seen.Body, wanted.Key) == wanted.Value?.ToString());
        return equal && seen.Status is >= 200 and < 300 ? Outputs(seen) : null;
    }

    private static bool IsPutBack(HttpStepSettings settings, HttpAnswer seen, JsonObject body, string marker) =>
        seen.Status is >= 200 and < 300 && (settings.MarkerField is { } field ? Text(seen.Body, field) == marker : JsonNode.DeepEquals(seen.Body, body));

    private static string? Text(JsonNode? body, string field) => body is JsonObject o && o[field] is { } value ? value.ToString() : null;

    private static JsonObject Outputs(HttpAnswer answer) =>
        new() { ["status"] = answer.Status.ToString(CultureInfo.InvariantCulture), ["body"] = answer.Body?.DeepClone() };
}
