using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;

namespace DrOrchestrator.RecoveryPoints;

/// <summary>Reads a store's status document: <c>role</c>, <c>epoch</c>, <c>position</c>, <c>received</c>, <c>connected</c>.</summary>
internal sealed class PositionsReader(ProcessClock clock) : ILogPositionReader, IDisposable
{
    private const int LargestBody = 64 * 1024;

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        MaxResponseHeadersLength = 16,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = LargestBody,
    };

    public string Kind => "positions";

    public Task<PositionResult> ReadAsync(RecoveryPointDefinition definition, string site, CancellationToken cancellationToken) =>
        ReadAsync(site, ((PositionsSettings)definition.Settings).Sites[site], definition.Timeout, cancellationToken);

    private async Task<PositionResult> ReadAsync(string site, Uri address, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, clock.Provider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var startedAt = clock.Now;
        try
        {
            using var response = await _client.GetAsync(address, both.Token).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(both.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? Parse(site, startedAt, clock.Now, body)
                : new PositionResult.Failed(site, startedAt, clock.Now, $"{address} answers HTTP {(int)response.StatusCode}", false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception) when (deadline.IsCancellationRequested)
        {
            return new PositionResult.Failed(
                site, startedAt, clock.Now, string.Create(CultureInfo.InvariantCulture, $"{address} does not answer within {timeout.TotalSeconds:0.###}s"), false);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException)
        {
            var isRefused = exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused };
            return new PositionResult.Failed(
                site, startedAt, clock.Now, isRefused ? $"connection refused by {address.Host}:{address.Port}" : $"{address}: {exception.Message}", isRefused);
        }
    }

    public void Dispose() => _client.Dispose();

    internal static PositionResult Parse(string site, DateTimeOffset startedAt, DateTimeOffset endedAt, byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return new PositionResult.Read(
                site,
                startedAt,
                endedAt,
                root.GetProperty("role").GetString() ?? throw new FormatException("'role' is null"),
                root.GetProperty("epoch").GetInt64(),
                root.GetProperty("position").GetInt64(),
                root.GetProperty("received").GetInt64(),
                root.GetProperty("connected").GetBoolean());
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return new PositionResult.Failed(
                site, startedAt, endedAt, $"the status of {site} is not {{role, epoch, position, received, connected}}: {exception.Message}", false);
        }
    }
}
