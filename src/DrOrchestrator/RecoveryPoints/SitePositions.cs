using DrOrchestrator.Estates;

namespace DrOrchestrator.RecoveryPoints;

/// <summary>See <see cref="IPositions"/>.</summary>
internal sealed class SitePositions(EstateHolder estates, PositionsReader reader) : IPositions
{
    public async Task<SitePosition> ReadSiteAsync(string recoveryPoint, string site, CancellationToken cancellationToken)
    {
        var definition = estates.Current.RecoveryPoints.FirstOrDefault(known => known.Name == recoveryPoint)
            ?? throw new ArgumentException($"the estate has no recovery point '{recoveryPoint}'", nameof(recoveryPoint));
        if (!((PositionsSettings)definition.Settings).Sites.TryGetValue(site, out var address))
        {
            throw new ArgumentException($"recovery point '{recoveryPoint}' has no address for site '{site}'", nameof(site));
        }

        return await reader.ReadAsync(site, address, definition.Timeout, cancellationToken).ConfigureAwait(false) switch
        {
            PositionResult.Read read => new SitePosition(site, read.Role, read.Epoch, read.Position, read.Received, read.Connected),
            PositionResult.Failed failed => throw new HttpRequestException(failed.Reason),
            var other => throw new InvalidOperationException($"unexpected reading {other}"),
        };
    }
}
