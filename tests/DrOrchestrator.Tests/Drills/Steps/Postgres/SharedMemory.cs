using System.ComponentModel;
using System.Runtime.InteropServices;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>This process attached to a segment of System V shared memory, as a backend is that no look at processes finds.</summary>
internal sealed class SharedMemory : IDisposable
{
    private readonly nint _address;

    private SharedMemory(nint address) => _address = address;

    public static SharedMemory Attach(int segment) => NativeAttach(segment, 0, 0) is var address and not -1 ? new SharedMemory(address) : throw new Win32Exception();

    public void Dispose() => _ = NativeDetach(_address);

    [DllImport("libc", EntryPoint = "shmat", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint NativeAttach(int segment, nint address, int flags);

    [DllImport("libc", EntryPoint = "shmdt", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NativeDetach(nint address);
}
