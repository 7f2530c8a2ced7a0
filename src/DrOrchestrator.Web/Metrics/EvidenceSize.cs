using DrOrchestrator.Evidence;

namespace DrOrchestrator.Web.Metrics;

/// <summary>How many records the log has. Sequence numbers are gapless and never taken back, so the end is found from where it was last time in a few short reads.</summary>
internal sealed class EvidenceSize(IEvidenceLog evidence)
{
    private long _known;

    public async Task<long> ReadAsync(CancellationToken cancellationToken)
    {
        var present = _known;
        var step = 1L;
        while (await HasAsync(present + step - 1, cancellationToken))
        {
            present += step;
            step *= 2;
        }

        // Fewer than present + step records; halve the rest.
        var absent = present + step - 1;
        while (present < absent)
        {
            var middle = present + ((absent - present) / 2);
            if (await HasAsync(middle, cancellationToken))
            {
                present = middle + 1;
            }
            else
            {
                absent = middle;
            }
        }

        return _known = present;
    }

    private async Task<bool> HasAsync(long sequence, CancellationToken cancellationToken) =>
        (await evidence.ReadAsync(null, sequence, 1, cancellationToken)).Count > 0;
}
