//! Shipping's tables: the rows that a batch touches, loaded and saved at once.

use decider::Changes;
use messaging::store::{StoreError, postgres::Tables};
use orders_contract::{Country, OrderId, Postcode, Reason, ShipTo};
use shipping_core::{Command, Event, Shipment, Shipping, State};
use sqlx::{PgConnection, Row, postgres::PgRow};
use uuid::Uuid;

#[derive(Clone, Debug)]
pub struct ShippingTables;

impl Tables<Shipping> for ShippingTables {
    async fn load(
        &self,
        conn: &mut PgConnection,
        commands: &[Command],
    ) -> Result<State, StoreError> {
        let ids: Vec<Uuid> = commands.iter().map(|c| c.order_id().0).collect();
        let rows = sqlx::query(
            "select order_id, state, country, postcode, reason from shipments
             where order_id = any($1) order by order_id for update",
        )
        .bind(&ids)
        .fetch_all(&mut *conn)
        .await?;
        let countries: Vec<String> = commands
            .iter()
            .filter_map(|command| match command {
                Command::Arrange(facts) => Some(facts.ship_to.country.as_str().to_owned()),
                Command::Void { .. } => None,
            })
            .collect();
        let served: Vec<String> =
            sqlx::query_scalar("select country from service_areas where country = any($1)")
                .bind(&countries)
                .fetch_all(&mut *conn)
                .await?;
        Ok(State {
            shipments: rows.iter().map(shipment).collect::<Result<_, _>>()?,
            service_areas: (served.into_iter())
                .map(|country| Country::try_from(country).map_err(decode))
                .collect::<Result<_, _>>()?,
        })
    }

    async fn save(
        &self,
        conn: &mut PgConnection,
        before: &State,
        after: &State,
        _events: &[Event],
    ) -> Result<(), StoreError> {
        // A shipment is written once: what became of it never changes.
        let Changes { new, .. } = Changes::between(&before.shipments, &after.shipments);
        if new.is_empty() {
            return Ok(());
        }
        let (mut ids, mut states, mut countries) = (vec![], vec![], vec![]);
        let (mut postcodes, mut reasons) = (vec![], vec![]);
        for (id, shipment) in new {
            let (ship_to, reason) = match shipment {
                Shipment::Arranged { ship_to } => (Some(ship_to), None),
                Shipment::Refused { ship_to, reason } => (Some(ship_to), Some(reason)),
                Shipment::Voided { reason } => (None, Some(reason)),
            };
            ids.push(id.0);
            states.push(shipment.label());
            countries.push(ship_to.map_or("", |to| to.country.as_str()));
            postcodes.push(ship_to.map_or("", |to| to.postcode.as_str()));
            reasons.push(reason.map(|r| r.as_str()));
        }
        sqlx::query(
            "insert into shipments (order_id, state, country, postcode, reason)
             select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[])",
        )
        .bind(ids)
        .bind(states)
        .bind(countries)
        .bind(postcodes)
        .bind(reasons)
        .execute(conn)
        .await?;
        Ok(())
    }

    async fn census(&self, conn: &mut PgConnection) -> Result<Vec<(String, i64)>, StoreError> {
        let rows = sqlx::query_as("select state, count(*) from shipments group by state")
            .fetch_all(conn)
            .await?;
        Ok(rows)
    }
}

fn shipment(row: &PgRow) -> Result<(OrderId, Shipment), sqlx::Error> {
    let ship_to = || {
        Ok::<_, sqlx::Error>(ShipTo {
            country: Country::try_from(row.try_get::<String, _>("country")?).map_err(decode)?,
            postcode: Postcode::try_from(row.try_get::<String, _>("postcode")?).map_err(decode)?,
        })
    };
    let reason = || {
        let word: Option<&str> = row.try_get("reason")?;
        word.and_then(Reason::parse)
            .ok_or_else(|| decode(format!("unknown reason {word:?}")))
    };
    let shipment = match row.try_get("state")? {
        "arranged" => Shipment::Arranged {
            ship_to: ship_to()?,
        },
        "refused" => Shipment::Refused {
            ship_to: ship_to()?,
            reason: reason()?,
        },
        "voided" => Shipment::Voided { reason: reason()? },
        other => return Err(decode(format!("unknown state {other:?}"))),
    };
    Ok((OrderId(row.try_get("order_id")?), shipment))
}

fn decode(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}
