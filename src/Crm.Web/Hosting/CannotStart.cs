using Crm.Runtime.Files;
using Crm.Runtime.Journal;
using Crm.Runtime.PostgreSql;
using Crm.Runtime.Sqlite;
using Crm.Web.Hosting.Demo;
using Microsoft.AspNetCore.Connections;

namespace Crm.Web.Hosting;

/// <summary>A setting cannot be right; the message names it, its value and what is allowed.</summary>
public sealed class WrongSettingException(string message) : InvalidOperationException(message);

/// <summary>How a process ends that cannot do its work where it is: with a sentence for whoever started it, and a code.</summary>
public static class CannotStart
{
    /// <summary>Runs the process's work.</summary>
    /// <returns>The exit code: the work's own, 3 when another process has the data, 2 when the settings or the data cannot be used.</returns>
    public static async Task<int> TellAsync(Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (DataDirectoryInUseException inUse)
        {
            await Console.Error.WriteLineAsync(inUse.Message);
            return CrmApplication.DataInUseExitCode;
        }
        catch (Exception cannot) when (IsReason(cannot))
        {
            await Console.Error.WriteLineAsync(cannot.Message);
            return CrmApplication.CannotStartExitCode;
        }
    }

    private static bool IsReason(Exception cannot) => cannot is WrongSettingException or SchemaTooNewException or MasterKeyException or DemoDataException
        or UnfitDatabaseException or DatabaseUnreachableException or FileStoreException or IOException { InnerException: AddressInUseException };
}
