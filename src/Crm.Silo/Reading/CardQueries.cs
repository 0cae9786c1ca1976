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
        /// <summary>A column of the slice's cards.</summary>
        /// <exception cref="InvalidOperationException">There is no such column.</exception>
        public CardField Column(string name) => slice.Cards.Find(name) ?? throw new InvalidOperationException($"There is no column '{name}'.");

        /// <summary>The cards whose column has a value.</summary>
        /// <exception cref="InvalidOperationException">There is no such column.</exception>
        public CardFilter.Compare Is(string column, CardValue value) => new(slice.Column(column), CardOperator.Equal, value);

        /// <summary>The cards whose column has one of some codes.</summary>
        /// <exception cref="InvalidOperationException">There is no such column.</exception>
        public CardFilter.In IsOneOf(string column, params IEnumerable<string> codes) => new(slice.Column(column), [.. codes.Select(code => CardValue.Of(code))]);
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
