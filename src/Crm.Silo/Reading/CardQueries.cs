using System.Runtime.CompilerServices;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Silo.Hosting;

namespace Crm.Silo.Reading;

/// <summary>What questions about cards have in common.</summary>
public static class CardQueries
{
    extension(ISliceBehaviour slice)
    {
        /// <summary>The cards whose column has a value.</summary>
        /// <exception cref="InvalidOperationException">There is no such column.</exception>
        public CardFilter.Compare Is(string column, CardValue value) =>
            new(slice.Cards.Find(column) ?? throw new InvalidOperationException($"There is no column '{column}'."), CardOperator.Equal, value);
    }

    extension(IGrainStore store)
    {
        /// <summary>All that a query finds, a page at a time. What changes between two pages is seen by the later one.</summary>
        public async IAsyncEnumerable<IReadOnlyList<CardHit>> PagesAsync(CardQuery query, [EnumeratorCancellation] CancellationToken cancel)
        {
            CardPage page;
            do
            {
                page = await store.QueryAsync(query, cancel);
                yield return page.Hits;
                query = query with { After = page.Next };
            }
            while (page.Next is not null);
        }
    }
}
