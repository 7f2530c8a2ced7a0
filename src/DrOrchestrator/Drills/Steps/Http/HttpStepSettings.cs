using System.Globalization;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Drills.Steps.Http;

/// <summary>The parameters of an <c>http</c> step, read once.</summary>
internal sealed record HttpStepSettings(
    Uri Url,
    string? TokenFile,
    HttpMethod Method,
    JsonObject? Body,
    IReadOnlyList<int> ExpectedStatus,
    bool IfMatch,
    string? MarkerField,
    Uri? ObserveUrl,
    JsonObject? ObserveEquals,
    string Undo,
    JsonObject? UndoBody)
{
    public const string Restore = "restore";
    public const string None = "none";
    public const string SendBody = "body";

    /// <summary>PUT and DELETE: twice is as good as once (RFC 9110, 9.2.2). GET has no effect.</summary>
    public bool IsIdempotent => Method != HttpMethod.Post;

    /// <summary>Whether a look at the target can tell that the effect stands.</summary>
    public bool CanBeObserved => ObserveUrl is not null && (MarkerField is not null || ObserveEquals is not null);

    public static HttpStepSettings Of(StepContext context)
    {
        var with = context.Parameters;
        var name = with.Text("endpoint");
        var endpoint = context.Estate.FindEndpoint(name) ?? throw new StepFailedException($"endpoint '{name}' is not in the estate");
        var settings = new HttpStepSettings(
            EndpointUrl.At(endpoint.Url, with.Text("path")),
            endpoint.TokenFile,
            new HttpMethod(with.Text("method")),
            with.Object("body"),
            [.. with.Texts("expect-status").Select(Status)],
            with.OptionalText("if-match") == "true",
            with.OptionalText("marker-field"),
            with.OptionalText("observe-path") is { } path ? EndpointUrl.At(endpoint.Url, path) : null,
            with.Object("observe-equals"),
            with.OptionalText("undo") ?? None,
            with.Object("undo-body"));
        return settings.Check();
    }

    /// <summary>The body with the marker in its field.</summary>
    public JsonObject? BodyWith(string marker) => WithMarker(Body, marker);

    /// <summary>Any body of this step with a marker in the marker field.</summary>
    public JsonObject? WithMarker(JsonObject? body, string marker)
    {
        var copy = body?.DeepClone().AsObject();
        if (MarkerField is not null)
        {
            copy ??= [];
            copy[MarkerField] = marker;
        }

        return copy;
    }

    public bool IsExpected(int status) => ExpectedStatus.Count > 0 ? ExpectedStatus.Contains(status) : status is >= 200 and < 300;

    private HttpStepSettings Check()
    {
        if (MarkerField is not null && Body is null)
        {
            throw new StepFailedException("marker-field needs a body to stand in");
        }

        if (ObserveUrl is null && (IfMatch || ObserveEquals is not null || Undo == Restore))
        {
            throw new StepFailedException("if-match, observe-equals and undo: restore need observe-path, the place to look at");
        }

        if ((Undo == SendBody) != (UndoBody is not null))
        {
            throw new StepFailedException("undo: body and undo-body go together");
        }

        return this;
    }

    private static int Status(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and < 600
            ? status
            : throw new StepFailedException($"expect-status: '{text}'; allowed: 100 to 599");
}
