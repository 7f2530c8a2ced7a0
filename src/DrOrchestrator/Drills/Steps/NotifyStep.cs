using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps.Http;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps;

/// <summary>
/// <c>notify</c>: tells people or their systems by one HTTP request. It changes nothing of what the plan is about: it may be sent again, under a key by which the receiver drops a
/// second one, and where it fails the run goes on unless the plan says otherwise.
/// </summary>
internal sealed class NotifyStep(TimeProvider time) : IReversibleStepKind
{
    private const string KeyHeader = "Idempotency-Key";
    private const string Text = "text";
    private const string Header = "token-header";

    private static readonly string[] Languages = ["en", "zh-CN"];

    /// <summary>Set by the request itself.</summary>
    private static readonly string[] OwnHeaders = [KeyHeader, "Host", "Content-Type", "Content-Length", "Transfer-Encoding", "Connection", "User-Agent"];

    public StepKindShape Shape { get; } = new(
        "notify",
        StepEffect.Reversible,
        NeedsSite: false,
        "Tells people or their systems by an HTTP request.",
        [
            new ParameterShape("endpoint", ParameterType.EndpointName, true, "Endpoint of the estate that takes it; its token is sent along."),
            new ParameterShape("path", ParameterType.Text, false, "Path at the endpoint, with a leading /; the endpoint's own by default."),
            new ParameterShape(Header, ParameterType.Text, false, "Header that carries the endpoint's token; Authorization (Bearer) by default."),
            new ParameterShape(Text, ParameterType.Object, true, "What is told, by language: en, zh-CN."),
        ],
        ["status", "key"])
    {
        OnlyTells = true,
        UsualOnFailure = OnFailure.Continue,
        Judge = Judge,
    };

    public Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (Judge(context.Parameters).FirstOrDefault() is { } problem)
        {
            throw new StepFailedException($"{problem.Found}; allowed: {problem.Allowed}");
        }

        var (endpoint, url) = TargetOf(context);
        return Task.FromResult(new JsonObject
        {
            ["endpoint"] = endpoint.Name,
            ["url"] = url.AbsoluteUri,
            ["key"] = KeyOf(context),
            ["text"] = context.Parameters.Object(Text)!.DeepClone(),
        });
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var deadline = new StepDeadline(time, context.Step.Timeout);
        var (endpoint, url) = TargetOf(context);
        var headers = new Dictionary<string, string?> { [KeyHeader] = KeyOf(context) };
        if (context.Parameters.OptionalText(Header) is { } header && endpoint.TokenFile is not null)
        {
            headers[header] = null;
        }

        var answer = await HttpExchange.SendAsync(
            endpoint.TokenFile, HttpMethod.Post, url, BodyOf(context), null, deadline.Remaining, time, cancellationToken, context.Permit, headers).ConfigureAwait(false);
        return answer.Status is >= 200 and < 300
            ? new StepOutcome.Done(new JsonObject { ["status"] = answer.Status.ToString(CultureInfo.InvariantCulture), ["key"] = KeyOf(context) })
            : new StepOutcome.Failed($"{endpoint.Name} did not take the notice: {(answer.IsNone ? answer.Trouble : answer.ToString())}");
    }

    /// <summary>Whether it came nobody needs to know: sent again, it is the same notice.</summary>
    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        Task.FromResult(new Observation(ObservedAnswer.CannotHappenAnyMore, "a notice that is sent again carries the same key, by which its receiver drops a second one"));

    public bool Undoes(PlanStep step) => false;

    public Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken) =>
        Task.FromResult<StepOutcome>(new StepOutcome.Failed("what has been told cannot be taken back"));

    public string Describe(PlanStep step, Estate estate) => $"tell {estate.FindEndpoint(step.Parameters.Text("endpoint"))?.Url.Authority}: {step.Parameters.Object(Text)?["en"] ?? step.Parameters.Object(Text)?["zh-CN"]}";

    /// <summary>The same for every attempt, and in every life of the run.</summary>
    private static string KeyOf(StepContext context) => $"{context.RunMark}-{context.Step.Name}";

    private static (ServiceEndpoint Endpoint, Uri Url) TargetOf(StepContext context)
    {
        var name = context.Parameters.Text("endpoint");
        var endpoint = context.Estate.FindEndpoint(name) ?? throw new StepFailedException($"endpoint '{name}' is not in the estate");
        return (endpoint, context.Parameters.OptionalText("path") is { } path ? EndpointUrl.At(endpoint.Url, path) : endpoint.Url);
    }

    private static IEnumerable<ParameterProblem> Judge(StepParameters with)
    {
        if (with.Has(Text) && (with.Object(Text) is not { Count: > 0 } texts || texts.Any(text => !Languages.Contains(text.Key) || string.IsNullOrWhiteSpace(text.Value?.ToString()))))
        {
            yield return new(Text, $"'{Text}' is {with.OptionalText(Text)}", "a text for en, for zh-CN, or for both", "Write what people shall read, by language.");
        }

        if (with.OptionalText("path") is { } path && !EndpointUrl.IsPath(path))
        {
            yield return new("path", $"'path' is '{path}'", "a path that begins with one /", "Correct the path.");
        }

        if (with.OptionalText(Header) is { } header && (!header.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') || header.Length == 0 || OwnHeaders.Contains(header, StringComparer.OrdinalIgnoreCase)))
        {
            yield return new(Header, $"'{Header}' is '{header}'", "the name of a header of letters, digits and -, which the request does not set itself", "Name the header that the receiver reads its token from.");
        }
    }

    private JsonObject BodyOf(StepContext context)
    {
        var now = time.GetUtcNow();
        return new JsonObject
        {
            ["key"] = KeyOf(context),
            ["run"] = context.Run,
            ["plan"] = context.Plan.Name,
            ["step"] = context.Step.Name,
            ["mode"] = JournalJson.Word(context.Mode),
            ["systems"] = JournalJson.Array(context.Plan.Systems),
            ["by"] = context.Actor,
            ["at"] = now.ToString("O", CultureInfo.InvariantCulture),
            ["openedAt"] = context.RunOpenedAt.ToString("O", CultureInfo.InvariantCulture),
            ["secondsSinceOpened"] = Math.Round((now - context.RunOpenedAt).TotalSeconds, 3),
            ["text"] = context.Parameters.Object(Text)!.DeepClone(),
        };
    }
}
