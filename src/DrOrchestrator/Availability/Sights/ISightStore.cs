namespace DrOrchestrator.Availability.Sights;

/// <summary>
/// Where vantage points leave what they see for the server that decides. Nothing here is a record: what is lost is written again within seconds, and the ledger rests on
/// what the deciding server made of it.
/// </summary>
public interface ISightStore
{
    /// <summary>Whether other vantage points can reach it: a database on the network, not a file of one machine.</summary>
    bool IsShared { get; }

    /// <summary>
    /// Writes a beat and what has changed with it, all or nothing. Beat number 1 begins anew: what was there of the vantage point is gone. Any other is only written behind
    /// the one before it of the same epoch.
    /// </summary>
    Task<SightWrite> WriteAsync(VantageBeat beat, IReadOnlyList<Sight> changed, CancellationToken cancellationToken);

    /// <summary>The newest beat of every vantage point, and of those with another than the known one what has changed since.</summary>
    Task<IReadOnlyList<VantageReading>> ReadAsync(IReadOnlyDictionary<string, VantageBeat> known, CancellationToken cancellationToken);
}
