namespace DrOrchestrator.RecoveryPoints;

/// <summary>Where the log of one site stands, as that site says.</summary>
/// <param name="Epoch">Timeline; positions compare only within one.</param>
/// <param name="Position">Durable end of its own log.</param>
/// <param name="Received">At a standby: durably received from its primary.</param>
public sealed record SitePosition(string Site, string Role, long Epoch, long Position, long Received, bool Connected);

/// <summary>Fresh readings of log positions, for steps that compare them exactly.</summary>
public interface IPositions
{
    /// <summary>Reads one site now. Throws <see cref="HttpRequestException"/> with a reason for people when it cannot be read.</summary>
    Task<SitePosition> ReadSiteAsync(string recoveryPoint, string site, CancellationToken cancellationToken);
}
