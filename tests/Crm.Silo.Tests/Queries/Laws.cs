using FsCheck;
using FsCheck.Fluent;

namespace Crm.Silo.Tests;

/// <summary>Properties checked on samples that are the same in every run.</summary>
internal static class Laws
{
    public static void Holds<T>(Gen<T> samples, Action<T> law, int count = 300) =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(count).WithQuietOnSuccess(true).WithReplay(20_261_121UL, 9UL),
            Prop.ForAll(samples.ToArbitrary(), law));
}
