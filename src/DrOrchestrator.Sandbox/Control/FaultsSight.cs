namespace DrOrchestrator.Sandbox.Control;

/// <summary>The faults that are set, for whoever asks many times a second: the file is read at most every <see cref="Period"/>.</summary>
internal sealed class FaultsSight(string file, TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);
    private readonly Lock _gate = new();
    private (long At, LabFaults Faults)? _read;

    public LabFaults Current
    {
        get
        {
            lock (_gate)
            {
                if (_read is not { } read || time.GetElapsedTime(read.At) >= Period)
                {
                    _read = read = (time.GetTimestamp(), LabFaults.Read(file));
                }

                return read.Faults;
            }
        }
    }
}
