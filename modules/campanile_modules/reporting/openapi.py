"""What the module opens beside GraphQL."""

from __future__ import annotations

from typing import Any

from campanile_modules.reporting.open311 import description

operations: dict[str, dict[str, Any]] = {
    **description.operations,
    "reporting:map": {
        "get": {
            "operationId": "reportingMap",
            "summary": "The latest reports with a point, as GeoJSON (RFC 7946).",
            "security": [{}],
            "responses": {
                "200": {
                    "description": "A FeatureCollection.",
                    "content": {"application/geo+json": {"schema": {"type": "object"}}},
                }
            },
        }
    },
    "reporting:photo": {
        "get": {
            "operationId": "reportingPhoto",
            "summary": "A picture of a report that is public, or that the session may see.",
            "security": [{}, {"session": []}],
            "responses": {
                "200": {
                    "description": "The picture.",
                    "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}},
                },
                "404": {"description": "There is no such picture here."},
            },
        }
    },
}
