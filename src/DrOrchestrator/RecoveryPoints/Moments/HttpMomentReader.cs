using System.Text.Json;
using DrOrchestrator.Estates;

namespace DrOrchestrator.RecoveryPoints.Moments;

/// <summary><c>http</c>: a JSON document that holds the moment.</summary>
internal sealed class HttpMomentReader(MomentWeb web) : IMomentReader
{
    public string Kind => "http";

    public Task<MomentResult> ReadAsync(RecoveryPointDefinition definition, CancellationToken cancellationToken)
    {
        var settings = (HttpPointSettings)definition.Settings;
        return web.GetAsync(settings.Url, settings.Authorization, settings.Tls, definition.Timeout, answer => Read(answer, settings), cancellationToken);
    }

    internal static MomentResult Read(WebAnswer answer, HttpPointSettings settings)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            return MomentText.Find(document.RootElement, settings.Path) is not { } text
                ? new MomentResult.Failed(answer.Received, $"the document of {answer.Name} has no text or number at {settings.Path}")
                : MomentText.Parse(text, settings.Format) is not { } moment
                    ? new MomentResult.Failed(answer.Received, $"{settings.Path} of {answer.Name} is no moment in the format {settings.Format.Format}: {(text.Length > 60 ? text[..60] : text)}")
                    : new MomentResult.Read(answer.Received, moment, $"the one of {answer.Name}", answer.Date is { } date ? answer.Ahead(date) : null);
        }
        catch (JsonException exception)
        {
            return new MomentResult.Failed(answer.Received, $"the document of {answer.Name} is no JSON: {exception.Message}");
        }
    }
}
