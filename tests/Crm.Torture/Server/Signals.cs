using System.Runtime.InteropServices;

namespace Crm.Torture.Server;

/// <summary>Signals by process id.</summary>
internal static partial class Signals
{
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int FileSizeLimit = 1;

    public static void Kill(int pid) => Send(pid, SigKill);

    public static void Terminate(int pid) => Send(pid, SigTerm);

    /// <summary>From now on, a write that makes a file longer than this fails.</summary>
    public static void LimitFiles(int pid, long bytes)
    {
        ulong[] limit = [(ulong)bytes, (ulong)bytes];
        if (SetLimit(pid, FileSizeLimit, limit, 0) != 0)
        {
            throw new InvalidOperationException($"prlimit failed with {Marshal.GetLastPInvokeError()}.");
        }
    }

    private static void Send(int pid, int signal)
    {
        // a process that is gone already is what was wanted
        _ = SendSignal(pid, signal);
    }

    [LibraryImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetLimit(int pid, int resource, [In] ulong[] limit, nint before);

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int pid, int signal);
}
