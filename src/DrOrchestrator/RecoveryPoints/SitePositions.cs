using DrOrchestrator.Estates;

namespace DrOrchestrator.RecoveryPoints;

/// <summary>See <see cref="IPositions"/>.</summary>
internal sealed class SitePositions(EstateHolder estates, RecoveryPointKinds kinds) : IPositions
{
    public async Task<SitePosition> ReadSiteAsync(string recoveryPoint, string site, CancellationToken cancellationToken)
    {
        var definition = estates.Current.RecoveryPoints.FirstOrDefault(known => known.Name == recoveryPoint)
            ?? throw new ArgumentException($"the estate has no recovery point '{recoveryPoint}'", nameof(recoveryPoint));
        if (definition.Settings is not LogPositionSettings settings)
        {
            throw new ArgumentException($"recovery point '{recoveryPoint}' is of kind {definition.Settings.Kind}, which has no log positions", nameof(recoveryPoint));
        }

        if (!settings.SiteNames.Contains(site))
        {
            throw new ArgumentException($"recovery point '{recoveryPoint}' has no address for site '{site}'", nameof(site));
        }

        return await kinds.LogPositions(settings).ReadAsync(definition, site, cancellationToken).ConfigureAwait(false) switch
        {
            PositionResult.Read read => new SitePosition(site, read.Role, read.Epoch, read.Position, read.Received, read.Connected),
            PositionResult.Failed failed => throw new HttpRequestException(failed.Reason),
            var other => throw new InvalidOperationException($"unexpected reading {other}"),
        };
    }
}
